#include "backends/cpu/emit/CpuTarget.h"

#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"

#include <mutex>

using namespace llvm;

namespace weft::cpu {

static void initializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    InitializeAllTargetInfos();
    InitializeAllTargets();
    InitializeAllTargetMCs();
    InitializeAllAsmPrinters();
  });
}

static constexpr const char *avx2Features[] = {"sse4.2", "avx",  "avx2", "bmi",
                                               "bmi2",   "f16c", "fma"};
static constexpr const char *avx512Features[] = {"avx512f", "avx512bw", "avx512cd", "avx512dq",
                                                 "avx512vl"};

static std::string tripleOf(StringRef architecture) {
  return (architecture + "-unknown-linux-gnu").str();
}

namespace {

/// Who made a processor, as far as it matters.
enum class Maker { Intel, Other, Any };

} // namespace

/// Settles the target from the features that a processor has. Code uses those that are
/// recorded and no others, so that the runtime can check for all of them.
template <typename Has>
static Result<CpuTarget> fromFeatures(const std::string &name, bool arm, Maker maker, Has has) {
  CpuTarget target;
  if (arm) {
    for (const char *feature : {"neon", "dotprod"})
      if (!has(feature))
        return fail("processor '" + name + "' lacks " + feature + ", which the CPU backend needs");
    target.architecture = "aarch64";
    target.processor = "generic";
    target.features = {"neon", "dotprod"};
    target.lanes = 4;
    target.registers = 32;
    target.dot = IntegerDot::Neon;
    return target;
  }
  for (const char *feature : avx2Features)
    if (!has(feature))
      return fail("processor '" + name + "' lacks " + feature +
                  "; the CPU backend needs x86-64-v3 (AVX2, FMA, F16C) or AArch64 with dotprod");
  target.architecture = "x86_64";
  target.aheadKib = maker == Maker::Intel ? intelAheadKib : 0;
  target.isOfAnyMaker = maker == Maker::Any;
  target.processor = "x86-64-v3";
  target.features.assign(std::begin(avx2Features), std::end(avx2Features));
  if (all_of(avx512Features, has)) {
    target.processor = "x86-64-v4";
    target.features.insert(target.features.end(), std::begin(avx512Features),
                           std::end(avx512Features));
    target.lanes = 16;
    target.registers = 32;
    if (has("avx512vnni")) {
      target.features.push_back("avx512vnni");
      target.dot = IntegerDot::Vnni;
    }
    if (has("avx512vbmi")) {
      target.features.push_back("avx512vbmi");
      target.permutesBytes = true;
    }
  } else if (has("avxvnni")) {
    target.features.push_back("avxvnni");
    target.dot = IntegerDot::AvxVnni;
  }
  return target;
}

std::optional<CpuTarget> richerTarget(const CpuTarget &target) {
  if (!target.isOfAnyMaker || target.lanes != 16 || target.dot != IntegerDot::Avx2)
    return std::nullopt;
  CpuTarget richer = target;
  richer.features.insert(richer.features.end(), {"avx512vnni", "avx512vbmi"});
  richer.dot = IntegerDot::Vnni;
  richer.permutesBytes = true;
  return richer;
}

/// By LLVM's name of an x86-64 processor. The levels are nobody's, nor is "generic", which LLVM
/// calls what it does not know.
static Maker makerOf(StringRef processor) {
  auto beginsLike = [&](StringRef beginning) { return processor.starts_with(beginning); };
  if (any_of(ArrayRef{"x86-64", "generic"}, beginsLike))
    return Maker::Any;
  return any_of(ArrayRef{"znver", "bdver", "btver", "c86"}, beginsLike) ? Maker::Other
                                                                        : Maker::Intel;
}

Result<CpuTarget> findTarget(const std::string &name) {
  initializeTargets();
  if (name == "native") {
    StringMap<bool> host = sys::getHostCPUFeatures();
    bool arm = Triple(sys::getProcessTriple()).isAArch64();
    return fromFeatures(name, arm, makerOf(sys::getHostCPUName()),
                        [&](const char *feature) { return host.lookup(feature); });
  }
  for (bool arm : {false, true}) {
    Triple triple(tripleOf(arm ? "aarch64" : "x86_64"));
    std::string error;
    const Target *target = TargetRegistry::lookupTarget(triple, error);
    if (!target)
      continue;
    // A base set of features is needed to ask whether the name exists at all.
    std::unique_ptr<MCSubtargetInfo> info(
        target->createMCSubtargetInfo(triple, arm ? "generic" : "x86-64", ""));
    if (!info->isCPUStringValid(name))
      continue;
    info.reset(target->createMCSubtargetInfo(triple, name, ""));
    return fromFeatures(name, arm, makerOf(name), [&](const char *feature) {
      return info->checkFeatures((Twine("+") + feature).str());
    });
  }
  return fail("unknown processor '" + name +
              "'; expected native, x86-64-v3, x86-64-v4 or a name that LLVM knows (znver4, "
              "icelake-server, neoverse-n1, ...)");
}

std::unique_ptr<TargetMachine> createTargetMachine(const CpuTarget &target) {
  initializeTargets();
  Triple triple(tripleOf(target.architecture));
  std::string error, features;
  const Target *llvmTarget = TargetRegistry::lookupTarget(triple, error);
  if (!llvmTarget)
    return nullptr;
  for (const std::string &feature : target.features)
    features += (features.empty() ? "+" : ",+") + feature;
  TargetOptions options;
  options.AllowFPOpFusion = FPOpFusion::Strict;
  options.EmitStackSizeSection = true; // LinkImage bounds them.
  return std::unique_ptr<TargetMachine>(
      llvmTarget->createTargetMachine(triple, target.processor, features, options, Reloc::PIC_,
                                      CodeModel::Small, CodeGenOptLevel::Aggressive));
}

} // namespace weft::cpu
