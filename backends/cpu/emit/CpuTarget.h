// A processor that code is generated for.
#pragma once

#include "backends/Backend.h"

#include "llvm/Target/TargetMachine.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weft::cpu {

/// How integer products of 4 neighbours are summed into 32-bit lanes.
enum class IntegerDot {
  Vnni,    // vpdpbusd: unsigned times signed, no saturation (AVX-512 VNNI)
  AvxVnni, // the same with 256-bit registers
  Avx2,    // vpmaddubsw and vpmaddwd on magnitudes and signs
  Neon,    // sdot: signed times signed
};

/// Everything that the generators ask of a processor.
struct CpuTarget {
  std::string architecture; // "x86_64", "aarch64"
  std::string processor;    // LLVM's name: "znver4", "x86-64-v3"
  /// What the code needs of the machine that runs it, under LLVM's names.
  std::vector<std::string> features;
  int64_t lanes = 8;
  unsigned registers = 16;
  IntegerDot dot = IntegerDot::Avx2;
  /// Looks up bytes by six bits across a whole register, vpermb (AVX-512 VBMI).
  bool permutesBytes = false;
  /// How far ahead a stream of weights is asked for, in KiB; 0 leaves it to hardware, which
  /// does it better on processors of AMD. On Intel's it stops at the end of a page of 4 KiB.
  int64_t aheadKib = 0;
  /// Whether the processor may be of any maker and have more than the level says, as those of the
  /// x86-64 levels may.
  bool isOfAnyMaker = false;

  bool wantsUnsignedWeights() const {
    return dot == IntegerDot::Vnni || dot == IntegerDot::AvxVnni;
  }
};

/// The same processor with extensions that most of its kind have beyond what `target` asks for, and
/// that make products of integers faster: those of x86-64-v4 with AVX-512 VNNI and VBMI. Nothing
/// where there are none, or the processor is a certain one, whose extensions are known.
std::optional<CpuTarget> richerTarget(const CpuTarget &target);

/// CpuTarget::aheadKib of Intel's processors.
inline constexpr int64_t intelAheadKib = 8;

/// A target by name: "native", x86-64 levels ("x86-64-v3", "x86-64-v4"), or any processor
/// that LLVM knows. Errors: an unknown name, or one without AVX2, FMA and F16C (NEON with
/// dot product on AArch64), naming what is missing.
Result<CpuTarget> findTarget(const std::string &name);

/// LLVM's code generator for `target`.
std::unique_ptr<llvm::TargetMachine> createTargetMachine(const CpuTarget &target);

} // namespace weft::cpu
