// What a program may run in place of its kernels.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/device/Device.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// A kernel that may run for a variant.
struct KernelWay {
  uint32_t kernel = 0;
  /// Whether the device runs it where nothing was measured.
  bool favored = false;
};

/// What a device can run for the variants of a program. Both must outlive it.
class KernelWays {
public:
  KernelWays(const schema::Program &program, const Device &device);
  /// All with the same bits: the variant's own kernel first, then its alternatives. Files of format
  /// 2 that declare none may have one by its name: beside "linear_1" a kernel "linear_1.ahead",
  /// which is for processors of Intel.
  std::vector<KernelWay> of(const schema::Variant &variant) const;

private:
  const schema::Program &program;
  const Device &device;
  const std::string identity;
  /// By the name of the kernel that such a one stands beside, and its part.
  std::map<std::pair<std::string_view, unsigned>, uint32_t> prefetching;
};

/// Variants that can run in the same ways and read weights of one storage: one choice is made for
/// all of them.
struct VariantGroup {
  struct Place {
    uint32_t step = 0, variant = 0;
  };
  /// The kernel of the first of them: no two groups of a program have one name.
  std::string name;
  /// Of each alternative, what its name has beyond the kernel's: "", ".unroll2".
  std::vector<std::string> alternatives;
  /// Tokens (or rows) that they are for at most; 0: any number.
  uint64_t most = 0;
  std::vector<Place> places;
  /// Bytes of weights that all of them read.
  uint64_t weightBytes = 0;
  /// The one that runs where nothing was measured.
  size_t favored = 0;
};

/// The groups of part `part` of a program, which runs on `device`, with more than one alternative,
/// in the order of the steps.
std::vector<VariantGroup> variantGroups(const schema::Artifact &artifact,
                                        const schema::Program &program, const schema::Entry &entry,
                                        unsigned part, const Device &device);

} // namespace weft
