#include "backends/vulkan/VulkanBackend.h"

#include "backends/vulkan/AttentionShader.h"
#include "backends/vulkan/ProductShader.h"
#include "backends/vulkan/RowShader.h"
#include "backends/vulkan/ShaderCompiler.h"
#include "backends/vulkan/WeightText.h"

#include "llvm/Support/Parallel.h"

using namespace mlir;

namespace weft::vulkan {

namespace {

/// Whether the shaders of this role know all ops of `kernel`.
bool isKnown(func::FuncOp kernel, KernelRole role) {
  auto all = [&](auto takes) {
    auto ops = kernel.getBody().front().without_terminator();
    return llvm::all_of(ops, [&](Operation &op) { return takes(&op); });
  };
  switch (role) {
  case KernelRole::Row:
    return all(RowShader::takes);
  case KernelRole::Product:
    return all(ProductShader::takes);
  case KernelRole::Attention:
    return all(llvm::IsaPred<AttendOp, ColumnsOp>);
  }
  llvm_unreachable("a role");
}

/// Unpacking a block of a tile pays for some tokens, reading a block of inputs for some tiles;
/// with more of either a body outgrows the caches of instructions.
ProductShape shapeOf(func::FuncOp product, bool blocks, bool single) {
  if (!blocks)
    return single ? ProductShape{1, 2} : ProductShape{8, 1};
  auto linears = product.getOps<LinearOp>();
  int64_t all = llvm::divideCeil((*linears.begin()).getResult().getType().getDimSize(1), tileRows);
  // Of narrow matrices there would be too few groups.
  if (single)
    return {1, std::min<int64_t>(all, all < 128 ? 2 : 4)};
  return {4, std::min<int64_t>(all, 4)};
}

/// Generates the shaders of one program and gathers what is known of each.
class ProgramBuilder {
public:
  explicit ProgramBuilder(const DumpSink &dump) : dump(dump) {}

  LogicalResult add(func::FuncOp kernel) {
    KernelForms &form = forms.emplace_back();
    form.function = kernel.getName().str();
    form.symbol = isOverRows(kernel) ? schema::Symbol::Rows : schema::Symbol::Tokens;
    std::optional<KernelRole> role = roleOf(kernel);
    if (!role || !isKnown(kernel, *role))
      return kernel.emitError("the Vulkan backend does not take this kernel");
    switch (*role) {
    case KernelRole::Row:
      return addRows(kernel);
    case KernelRole::Attention:
      return addAttention(kernel);
    case KernelRole::Product:
      if (failed(addProduct(kernel, true)))
        return failure();
      return addProduct(kernel, false);
    }
    llvm_unreachable("a role");
  }

  CompiledProgram finish() {
    CompiledProgram program;
    program.architecture = "spirv";
    program.processor = "Vulkan 1.2";
    PackedShaders packed = packShaders(shaders);
    program.code = std::move(packed.code);
    for (auto [name, entry] : llvm::zip(names, packed.entries))
      program.kernels.push_back({name, entry});
    program.forms = std::move(forms);
    return program;
  }

private:
  LogicalResult addRows(func::FuncOp kernel) {
    ShaderText text(kernel, FeatureTexelImages);
    if (failed(RowShader(text, kernel).generate()))
      return failure();
    schema::Grid grid(1, 1, isOverRows(kernel) ? schema::Symbol::Rows : schema::Symbol::Tokens);
    return addForm(kernel, kernel.getName(), text, 0, 0, grid, false);
  }

  LogicalResult addAttention(func::FuncOp kernel) {
    ShaderText text(kernel, FeatureTexelImages);
    AttentionShader shader(text, kernel);
    if (failed(shader.generate()))
      return failure();
    return addForm(kernel, kernel.getName(), text, 0, 0, shader.grid(), false);
  }

  LogicalResult addProduct(func::FuncOp kernel, bool single) {
    bool blocks = llvm::any_of(kernel.getOps<LinearOp>(), [](LinearOp linear) {
      return storageOf(linear.getWeight().getType()).isBlock();
    });
    // Mesa's driver for processors reads images in line and calls a function for other texels:
    // slower, but for bodies this large, where it keeps values out of the way.
    ShaderText text(kernel, single ? FeatureTexelImages : FeatureTexelStreams);
    ProductShader shader(text, kernel, shapeOf(kernel, blocks, single));
    if (failed(shader.generate()))
      return failure();
    std::string name = (kernel.getName() + (single ? "_1" : "_n")).str();
    return addForm(kernel, name, text, shader.lanes(), single, shader.grid(single), blocks);
  }

  /// Compiles the modules of a kernel: with all that helps it, and each with something less.
  LogicalResult addForm(func::FuncOp kernel, StringRef name, const ShaderText &text, int64_t lanes,
                        uint64_t most, schema::Grid grid, bool multipliesBytes) {
    ShaderKernel shader{text.bindings(), uint32_t(lanes), text.streams(), {}};
    std::vector<uint32_t> choices = {0};
    auto addFeature = [&](uint32_t feature) {
      std::vector<uint32_t> with;
      for (uint32_t choice : choices)
        with.push_back(choice | feature);
      choices.insert(choices.begin(), with.begin(), with.end());
    };
    if (text.storesHalves())
      addFeature(FeatureStorage16);
    if (lanes == 0)
      addFeature(FeatureSubgroups);
    if (!text.streams().empty())
      addFeature(text.wayOfStreams());
    if (multipliesBytes)
      addFeature(FeatureIntegerDot);
    std::vector<std::string> texts(choices.size());
    std::vector<Result<std::vector<uint32_t>>> compiled(choices.size());
    llvm::parallelFor(0, choices.size(), [&](size_t i) {
      texts[i] = text.finish(choices[i]);
      compiled[i] = compileShader(texts[i]);
    });
    for (size_t i = 0; i < choices.size(); ++i) {
      std::string suffix = "." + std::to_string(choices[i]);
      if (dump)
        dump((name + suffix + ".comp").str(), texts[i]);
      if (!compiled[i])
        return kernel.emitError("kernel '")
               << name << "' (" << namesOf(choices[i]) << "): " << compiled[i].error().message;
      if (dump)
        dump((name + suffix + ".spvasm").str(), disassemble(*compiled[i]));
      shader.modules.push_back({choices[i], std::move(*compiled[i])});
    }
    forms.back().variants.push_back({most, uint32_t(shaders.size()), grid, WEFT_SHARE_DEFAULT});
    names.push_back(name.str());
    shaders.push_back(std::move(shader));
    return success();
  }

  const DumpSink &dump;
  std::vector<ShaderKernel> shaders;
  std::vector<std::string> names;
  std::vector<KernelForms> forms;
};

} // namespace

bool VulkanBackend::takes(func::FuncOp kernel) const {
  std::optional<KernelRole> role = roleOf(kernel);
  return role && isKnown(kernel, *role);
}

Arrangement VulkanBackend::weightArrangement(const Storage &storage, bool product) const {
  return tiledArrangement(storage, product);
}

uint64_t VulkanBackend::stateBytesPerPosition(Type state) const {
  return uint64_t(kvPagesOf(cast<KvType>(state)).bytesPerPosition());
}

uint64_t VulkanBackend::stateRuns(Type state) const { return cast<KvType>(state).getHeads(); }

FailureOr<CompiledProgram> VulkanBackend::compile(ArrayRef<func::FuncOp> kernels,
                                                  const DumpSink &dump) const {
  ProgramBuilder builder(dump);
  for (func::FuncOp kernel : kernels)
    if (failed(builder.add(kernel)))
      return failure();
  return builder.finish();
}

static Result<std::unique_ptr<Backend>> make(const BackendOptions &) {
  return std::make_unique<VulkanBackend>();
}

const BackendPlugin backendPlugin = {
    .name = "vulkan",
    .description = "SPIR-V for GPUs and other devices of Vulkan 1.2 with buffer device addresses",
    .make = make};

} // namespace weft::vulkan
