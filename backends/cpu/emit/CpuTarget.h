// The processor for which code is generated.
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

/// The properties of a processor that the code generators use.
struct CpuTarget {
  std::string architecture; // "x86_64", "aarch64"
  std::string processor;    // LLVM's name: "znver4", "x86-64-v3"
  /// The instruction-set features that the code requires, under LLVM's names.
  std::vector<std::string> features;
  int64_t lanes = 8;
  unsigned registers = 16;
  IntegerDot dot = IntegerDot::Avx2;
  /// Whether it has vpermb (AVX-512 VBMI), which looks up bytes by six bits in a whole register.
  bool permutesBytes = false;
  /// Prefetch distance of a stream of weights in KiB. 0 leaves it to the hardware, which is faster
  /// on AMD's processors. Intel's hardware prefetcher stops at the end of a 4 KiB page.
  int64_t aheadKib = 0;
  /// Whether the processor may be of any maker and have more features than listed, as with the
  /// x86-64 levels.
  bool isOfAnyMaker = false;

  bool wantsUnsignedWeights() const {
    return dot == IntegerDot::Vnni || dot == IntegerDot::AvxVnni;
  }
};

/// Returns `target` with additional extensions that most processors of its kind have and that make
/// integer products faster: for x86-64-v4 these are AVX-512 VNNI and VBMI. Returns nothing if there
/// are none, or if `target` is a specific processor, whose extensions are known.
std::optional<CpuTarget> richerTarget(const CpuTarget &target);

/// The value of CpuTarget::aheadKib for Intel's processors.
inline constexpr int64_t intelAheadKib = 8;

/// Returns a target by name: "native", an x86-64 level ("x86-64-v3", "x86-64-v4"), or any processor
/// that LLVM knows. Errors: an unknown name, or a processor without AVX2, FMA and F16C (on AArch64:
/// NEON with dot product); the message names what is missing.
Result<CpuTarget> findTarget(const std::string &name);

/// Makes LLVM's code generator for `target`.
std::unique_ptr<llvm::TargetMachine> createTargetMachine(const CpuTarget &target);

} // namespace weft::cpu
