#include "backends/cpu/emit/EmitObject.h"

#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <map>

using namespace llvm;
using namespace llvm::object;
namespace endian = llvm::support::endian;

namespace weft::cpu {

namespace {

/// Patches one place of an image. `place` is the address of the bytes, `value` the target
/// address with the addend; both count from the start of the image, which is page-aligned.
bool relocate(unsigned machine, uint64_t type, char *bytes, int64_t place, int64_t value) {
  int64_t distance = value - place;
  if (machine == ELF::EM_X86_64) {
    if (type == ELF::R_X86_64_PC64) {
      endian::write64le(bytes, distance);
      return true;
    }
    if ((type != ELF::R_X86_64_PC32 && type != ELF::R_X86_64_PLT32) || !isInt<32>(distance))
      return false;
    endian::write32le(bytes, distance);
    return true;
  }
  uint32_t instruction = endian::read32le(bytes);
  auto setField = [&](uint64_t field, unsigned width, unsigned shift) {
    uint32_t mask = maskTrailingOnes<uint32_t>(width) << shift;
    endian::write32le(bytes, (instruction & ~mask) | ((uint32_t(field) << shift) & mask));
    return true;
  };
  uint64_t inPage = value & 0xfff;
  switch (type) {
  case ELF::R_AARCH64_ADR_PREL_PG_HI21: {
    int64_t pages = (value >> 12) - (place >> 12);
    instruction = (instruction & ~(3u << 29)) | (uint32_t(pages & 3) << 29);
    return setField(pages >> 2, 19, 5);
  }
  case ELF::R_AARCH64_ADD_ABS_LO12_NC:
    return setField(inPage, 12, 10);
  case ELF::R_AARCH64_LDST8_ABS_LO12_NC:
    return setField(inPage, 12, 10);
  case ELF::R_AARCH64_LDST16_ABS_LO12_NC:
    return setField(inPage >> 1, 12, 10);
  case ELF::R_AARCH64_LDST32_ABS_LO12_NC:
    return setField(inPage >> 2, 12, 10);
  case ELF::R_AARCH64_LDST64_ABS_LO12_NC:
    return setField(inPage >> 3, 12, 10);
  case ELF::R_AARCH64_LDST128_ABS_LO12_NC:
    return setField(inPage >> 4, 12, 10);
  case ELF::R_AARCH64_CALL26:
  case ELF::R_AARCH64_JUMP26:
    return isInt<28>(distance) && setField(distance >> 2, 26, 0);
  case ELF::R_AARCH64_PREL32:
    endian::write32le(bytes, distance);
    return isInt<32>(distance);
  default:
    return false;
  }
}

/// A function of the object: where it begins.
using Place = std::pair<SectionRef, uint64_t>;

tl::unexpected<Error> malformed(const std::string &what) {
  return fail("the object file is malformed: " + what);
}

/// Whether the stack frames of all `functions` are below WEFT_KERNEL_STACK, by the section
/// .stack_sizes: for each function its address, which a relocation gives, and a ULEB128. A frame
/// whose size is known only when it runs is not in there.
Result<void> checkFrames(const ELFObjectFileBase &elf, std::map<Place, std::string> functions) {
  for (SectionRef section : elf.sections()) {
    Expected<section_iterator> relocated = section.getRelocatedSection();
    if (!relocated)
      return malformed(toString(relocated.takeError()));
    if (*relocated == elf.section_end())
      continue;
    Expected<StringRef> name = (*relocated)->getName(), bytes = (*relocated)->getContents();
    if (!name || !bytes)
      return malformed(toString(name ? bytes.takeError() : name.takeError()));
    if (*name != ".stack_sizes")
      continue;
    for (ELFRelocationRef relocation : section.relocations()) {
      SymbolRef symbol = *relocation.getSymbol();
      Expected<section_iterator> target = symbol.getSection();
      Expected<uint64_t> value = symbol.getValue();
      Expected<int64_t> addend = relocation.getAddend();
      uint64_t at = relocation.getOffset() + sizeof(uint64_t);
      if (!target || *target == elf.section_end() || !value || !addend || at >= bytes->size())
        return malformed("a stack size");
      auto function = functions.find({**target, *value + *addend});
      uint64_t frame = decodeULEB128(bytes->bytes_begin() + at, nullptr, bytes->bytes_end());
      if (function == functions.end())
        return malformed("the stack size of no function");
      if (frame >= WEFT_KERNEL_STACK)
        return fail("kernel '" + function->second + "' needs a stack frame of " +
                    std::to_string(frame) + " bytes; expected less than " +
                    std::to_string(WEFT_KERNEL_STACK));
      functions.erase(function);
    }
  }
  if (!functions.empty())
    return fail("kernel '" + functions.begin()->second + "' has a stack frame of no fixed size");
  return {};
}

} // namespace

Result<CodeImage> linkImage(StringRef object) {
  auto file = ObjectFile::createELFObjectFile(MemoryBufferRef(object, "kernels"));
  if (!file)
    return fail("the object file is malformed: " + toString(file.takeError()));
  auto &elf = cast<ELFObjectFileBase>(**file);

  CodeImage image;
  std::map<SectionRef, uint64_t> starts;
  for (SectionRef section : elf.sections()) {
    ELFSectionRef elfSection(section);
    if (!(elfSection.getFlags() & ELF::SHF_ALLOC) || section.getSize() == 0)
      continue;
    auto name = section.getName();
    if (name && name->starts_with(".eh_frame"))
      continue; // Nothing unwinds through a kernel.
    if (elfSection.getFlags() & ELF::SHF_WRITE)
      return fail("kernels keep no state, but the object has section " +
                  (name ? name->str() : std::string("?")));
    auto contents = section.getContents();
    if (!contents)
      return fail("the object file is malformed: " + toString(contents.takeError()));
    image.bytes.resize(
        alignTo(image.bytes.size(), std::max<uint64_t>(64, section.getAlignment().value())));
    starts[section] = image.bytes.size();
    image.bytes.insert(image.bytes.end(), contents->begin(), contents->end());
  }

  for (SectionRef section : elf.sections()) {
    auto relocated = section.getRelocatedSection();
    if (!relocated || *relocated == elf.section_end() || !starts.count(**relocated))
      continue;
    for (ELFRelocationRef relocation : section.relocations()) {
      SymbolRef symbol = *relocation.getSymbol();
      auto target = symbol.getSection();
      std::string name = symbol.getName() ? symbol.getName()->str() : "";
      if (!target || *target == elf.section_end() || !starts.count(**target))
        return fail("kernels call nothing, but the code refers to '" + name + "'");
      auto addend = relocation.getAddend();
      auto value = symbol.getValue();
      if (!addend || !value)
        return fail("the object file is malformed: a relocation of '" + name + "'");
      uint64_t place = starts[**relocated] + relocation.getOffset();
      if (place + 8 > image.bytes.size())
        image.bytes.resize(place + 8);
      if (!relocate(elf.getEMachine(), relocation.getType(), image.bytes.data() + place, place,
                    starts[**target] + *value + *addend))
        return fail("cannot relocate '" + name + "' (type " + std::to_string(relocation.getType()) +
                    ")");
    }
  }

  std::map<Place, std::string> functions;
  for (ELFSymbolRef symbol : elf.symbols()) {
    auto section = symbol.getSection();
    if (symbol.getELFType() != ELF::STT_FUNC || !section || !starts.count(**section))
      continue;
    image.kernels.push_back({symbol.getName()->str(), starts[**section] + *symbol.getValue()});
    functions[{**section, *symbol.getValue()}] = symbol.getName()->str();
  }
  if (Result<void> bounded = checkFrames(elf, std::move(functions)); !bounded)
    return failFrom(bounded);
  std::sort(image.kernels.begin(), image.kernels.end(),
            [](const auto &a, const auto &b) { return a.entry < b.entry; });
  return image;
}

} // namespace weft::cpu
