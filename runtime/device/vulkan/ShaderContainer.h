// The format of a program's code for Vulkan: the SPIR-V modules of all its kernels in one
// container.
//
// All numbers are little-endian and have 32 bits; offsets count bytes from the start.
//
//   magic "WVSC" | version | bytes of the container | number of kernels
//   for each kernel, at the offset that its entry in the program gives:
//     number of bindings | lanes | number of streams | number of modules
//     for each stream: its binding
//     for each module: features | offset of the SPIR-V | its length in words
//   SPIR-V
//
// All modules of a kernel compute the same; the device takes the first whose features it has. A
// module gets its bindings as addresses of 8 bytes in push constants (with more than 16 bindings,
// as the address of a table of them), the sizes of the call (indexed by WeftSize, a uint each) as
// uniform buffer 0 of set 0, and its streams (bindings that it only reads) as uniform or storage
// texel buffers of R32G32B32A32_UINT at bindings 1, 2, ... of set 0. Its workgroup size is
// specialization constant 0.
#pragma once

#include "runtime/device/Device.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace weft::vulkan {

/// What a module may use beyond Vulkan 1.2 with buffer device addresses.
enum Feature : uint32_t {
  /// The module reads its streams through uniform texel buffers rather than by address.
  FeatureTexelStreams = 1,
  /// A workgroup is one subgroup, and the module uses subgroup shuffles.
  FeatureSubgroups = 2,
  /// The module uses integer dot products of packed bytes, which the device must have instructions
  /// for.
  FeatureIntegerDot = 4,
  /// The module stores 16-bit values directly. Without this feature it changes a word by two atomic
  /// operations.
  FeatureStorage16 = 8,
  /// The module reads its streams, at most mostImages, through storage texel buffers.
  FeatureTexelImages = 16,
};
inline constexpr uint32_t allFeatures = 31;

/// Returns the names of `features`: "texel-streams, subgroups", or "none".
std::string namesOf(uint32_t features);
/// Parses a list such as namesOf() returns. Errors: an unknown name; the message lists the known
/// ones.
Result<uint32_t> featuresOf(std::string_view names);

struct ShaderModule {
  uint32_t features = 0;
  std::vector<uint32_t> spirv;
};

struct ShaderKernel {
  uint32_t bindings = 0;
  /// Invocations that compute one grid workgroup, for each slice of its sums (specialization
  /// constant 1). If 0, one grid workgroup is one Vulkan workgroup of any size.
  uint32_t lanes = 0;
  /// The bindings that are streams; at most mostStreams.
  std::vector<uint32_t> streams;
  std::vector<ShaderModule> modules;

  static constexpr uint32_t mostStreams = 15, mostModules = 16, mostBindings = 256;
  /// The most streams that can be storage texel buffers on every device.
  static constexpr uint32_t mostImages = 4;
  /// The most addresses that fit the 128 bytes of push constants that every device has.
  static constexpr uint32_t pushedBindings = 16;
};

/// A container, and the offset of each kernel in it.
struct PackedShaders {
  std::vector<char> code;
  std::vector<uint64_t> entries;
};
/// Writes a container of `kernels`.
PackedShaders packShaders(std::span<const ShaderKernel> kernels);

/// Checks the header of a container. Errors: `code` is no container, or one of another version.
Result<void> checkShaders(std::span<const std::byte> code);
/// Reads the kernel at offset `entry` of a container that passed checkShaders(). Errors: anything
/// that does not follow the format above; all numbers in `code` are checked.
Result<ShaderKernel> unpackShader(std::span<const std::byte> code, uint64_t entry);

} // namespace weft::vulkan
