// Which kernels a program can run for its variants.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/device/Device.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// A kernel that can run for a variant.
struct KernelWay {
  uint32_t kernel = 0;
  /// Whether this kernel runs if nothing was measured.
  bool favored = false;
};

/// The kernels that `device` can run for the variants of `program`. Both must outlive it.
class KernelWays {
public:
  KernelWays(const schema::Program &program, const Device &device);
  /// Returns the kernels for `variant`, all with the same bits: its own kernel first, then its
  /// alternatives. Files of format 2 that declare no alternatives may have one by its name: for the
  /// kernel "linear_1" a kernel "linear_1.ahead", which prefetches and is favored on Intel
  /// processors.
  std::vector<KernelWay> of(const schema::Variant &variant) const;

private:
  const schema::Program &program;
  const Device &device;
  const std::string identity;
  /// The ".ahead" kernels, by the name and part of the kernel that they replace.
  std::map<std::pair<std::string_view, unsigned>, uint32_t> prefetching;
};

/// Variants with the same alternatives and weights of one storage. One choice is made for all of
/// them.
struct VariantGroup {
  /// A variant of a step, by their indices.
  struct Place {
    uint32_t step = 0, variant = 0;
  };
  /// The kernel of the first variant. It is unique in the program.
  std::string name;
  /// The suffix of each alternative's name: "" (the kernel itself), ".unroll2".
  std::vector<std::string> alternatives;
  /// The most tokens (or logit rows) that the variants are for; 0: any number.
  uint64_t most = 0;
  std::vector<Place> places;
  /// Bytes of weights that the variants read together.
  uint64_t weightBytes = 0;
  /// Index of the alternative that runs if nothing was measured.
  size_t favored = 0;
};

/// Returns the groups with more than one alternative, in the order of the steps, among the kernels
/// of part `part` of a program, which runs on `device`.
std::vector<VariantGroup> variantGroups(const schema::Artifact &artifact,
                                        const schema::Program &program, const schema::Entry &entry,
                                        unsigned part, const Device &device);

} // namespace weft
