#include "backends/vulkan/ShaderText.h"

#include "backends/vulkan/Prelude.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace weft::vulkan {

Expr number(int64_t value) { return std::to_string(value) + (value < 0 ? "" : "u"); }

Expr real(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.9e", value);
  return text;
}

ShaderText::ShaderText(func::FuncOp kernel, Feature way) : kernel(kernel), way(way) {
  for (BlockArgument argument : kernel.getArguments())
    numbers[argument] = count++;
  for (Value result : kernel.getBody().front().getTerminator()->getOperands())
    if (isa<RankedTensorType>(result.getType()))
      results[result] = count++;
}

unsigned ShaderText::bindingOf(Value value) const { return numbers.at(value); }

int ShaderText::resultBinding(Value value) const {
  auto found = results.find(value);
  return found == results.end() ? -1 : int(found->second);
}

static std::string index(llvm::StringRef function, unsigned binding, const llvm::Twine &index) {
  return (function + "(" + llvm::Twine(binding) + ", " + index + ")").str();
}

Expr ShaderText::word(unsigned binding, const llvm::Twine &at) {
  return index("WORD", binding, at);
}

Expr ShaderText::real(unsigned binding, const llvm::Twine &at) {
  return "uintBitsToFloat(" + word(binding, at) + ")";
}

Expr ShaderText::quad(unsigned binding, const llvm::Twine &at) {
  if (!llvm::is_contained(streamBindings, binding)) {
    uint32_t most =
        way == FeatureTexelImages ? ShaderKernel::mostImages : ShaderKernel::mostStreams;
    if (streamBindings.size() == most)
      return index("QUAD", binding, at);
    streamBindings.push_back(binding);
  }
  return (llvm::Twine("STREAM") + llvm::Twine(binding) + "(" + at + ")").str();
}

Expr ShaderText::streamWord(unsigned binding, const llvm::Twine &at) {
  std::string place = at.str();
  return quad(binding, "(" + place + ") >> 2") + "[(" + place + ") & 3u]";
}

Expr ShaderText::scalar(Scalar type, unsigned binding, const llvm::Twine &at) {
  std::string place = at.str();
  if (type == Scalar::F32)
    return real(binding, place);
  std::string half =
      "((" + word(binding, "(" + place + ") >> 1") + ") >> (((" + place + ") & 1u) << 4))";
  return type == Scalar::F16 ? "unpackHalf2x16(" + half + ").x"
                             : "uintBitsToFloat(" + half + " << 16)";
}

Expr ShaderText::byte(unsigned binding, const llvm::Twine &at) {
  std::string place = at.str();
  return "((" + word(binding, "(" + place + ") >> 2") + " >> (((" + place +
         ") & 3u) << 3)) & 255u)";
}

std::string ShaderText::storeWord(unsigned binding, const llvm::Twine &at,
                                  const llvm::Twine &value) {
  return (word(binding, at) + " = " + value + ";").str();
}

std::string ShaderText::storeQuad(unsigned binding, const llvm::Twine &at,
                                  const llvm::Twine &value) {
  return (index("QUAD", binding, at) + " = " + value + ";").str();
}

std::string ShaderText::storeHalf(unsigned binding, const llvm::Twine &at,
                                  const llvm::Twine &value) {
  halves = true;
  return ("STORE_HALF(" + llvm::Twine(binding) + ", " + at + ", " + value + ");").str();
}

std::string ShaderText::storeByte(unsigned binding, const llvm::Twine &at,
                                  const llvm::Twine &value) {
  return ("STORE_BYTE(" + llvm::Twine(binding) + ", " + at + ", " + value + ");").str();
}

std::string ShaderText::fresh(StringRef stem) { return (stem + llvm::Twine(names++)).str(); }

void ShaderText::line(const llvm::Twine &text) {
  body.append(2 * depth, ' ');
  body += text.str();
  body += '\n';
}

std::string ShaderText::finish(uint32_t features) const {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "#version 460\n";
  for (auto [feature, name] :
       {std::pair(FeatureTexelStreams, "TEXEL_STREAMS"), std::pair(FeatureSubgroups, "SUBGROUPS"),
        std::pair(FeatureIntegerDot, "INTEGER_DOT"), std::pair(FeatureStorage16, "STORAGE_16"),
        std::pair(FeatureTexelImages, "TEXEL_IMAGES")})
    if (features & feature)
      os << "#define " << name << "\n";
  os << prelude;
  if (count <= ShaderKernel::pushedBindings)
    os << "layout(push_constant) uniform Bindings { uvec2 at[" << ShaderKernel::pushedBindings
       << "]; };\n";
  else
    os << "layout(buffer_reference, std430, buffer_reference_align = 8) readonly buffer Table { "
          "uvec2 "
          "address[]; };\n"
          "layout(push_constant) uniform Bindings { uvec2 table; };\n"
          "#define at Table(table).address\n";
  for (auto [i, binding] : llvm::enumerate(streamBindings)) {
    os << "#ifdef TEXEL_STREAMS\n"
       << "layout(set = 0, binding = " << i + 1 << ") uniform usamplerBuffer stream" << binding
       << ";\n#define STREAM" << binding << "(i) texelFetch(stream" << binding << ", int(i))\n"
       << "#elif defined(TEXEL_IMAGES)\n"
       << "layout(set = 0, binding = " << i + 1
       << ", rgba32ui) uniform readonly uimageBuffer stream" << binding << ";\n#define STREAM"
       << binding << "(i) imageLoad(stream" << binding << ", int(i))\n"
       << "#else\n#define STREAM" << binding << "(i) QUAD(" << binding << ", i)\n#endif\n";
  }
  os << declarations << "\nvoid main() {\n" << body << "}\n";
  return text;
}

} // namespace weft::vulkan
