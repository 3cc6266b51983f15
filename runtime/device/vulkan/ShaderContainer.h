// The code of a program for Vulkan: SPIR-V modules of all its kernels in one piece of bytes.
//
// All numbers are little-endian and of 32 bits; places count bytes from the begin.
//
//   magic "WVSC" | version | bytes of all | number of kernels
//   for each kernel, where its entry in the program says:
//     bindings | lanes | number of streams | number of modules
//     streams: number of the binding of each
//     modules: features | place of the SPIR-V | words of it
//   SPIR-V
//
// A kernel's modules compute the same; the device takes the first whose features it has. A
// module sees its bindings as addresses in push constants, 8 bytes each (where there are more
// than 16, as the address of a table of them), the sizes of the call (WeftSize, uint each) as
// uniform buffer 0 of set 0, and its streams, bindings that it only reads, as uniform or storage
// texel buffers of R32G32B32A32_UINT at 1, 2, ... of set 0. Its workgroups have the size of
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
  /// Reads its streams through uniform texel buffers rather than by address.
  FeatureTexelStreams = 1,
  /// A workgroup is one subgroup, whose shuffles work.
  FeatureSubgroups = 2,
  /// Integer dot products of packed bytes, which the device has instructions for.
  FeatureIntegerDot = 4,
  /// Stores 16 bits at once; else a word is changed by two atomic operations.
  FeatureStorage16 = 8,
  /// Reads its streams, of which there are at most mostImages, through storage texel buffers.
  FeatureTexelImages = 16,
};
inline constexpr uint32_t allFeatures = 31;

/// "texel-streams, subgroups"; "none".
std::string namesOf(uint32_t features);
/// The features of a list such as namesOf() gives. Errors: an unknown name, saying which
/// there are.
Result<uint32_t> featuresOf(std::string_view names);

struct ShaderModule {
  uint32_t features = 0;
  std::vector<uint32_t> spirv;
};

struct ShaderKernel {
  uint32_t bindings = 0;
  /// Invocations of one of the grid's groups for each slice of its sums (specialization
  /// constant 1); 0: a group is a workgroup, whatever its size.
  uint32_t lanes = 0;
  /// Numbers of bindings; at most mostStreams.
  std::vector<uint32_t> streams;
  std::vector<ShaderModule> modules;

  static constexpr uint32_t mostStreams = 15, mostModules = 16, mostBindings = 256;
  /// Streams that may be storage texel buffers on every device.
  static constexpr uint32_t mostImages = 4;
  /// Addresses that fit the 128 bytes of push constants that every device has.
  static constexpr uint32_t pushedBindings = 16;
};

/// A container of `kernels`, and the entry of each.
struct PackedShaders {
  std::vector<char> code;
  std::vector<uint64_t> entries;
};
PackedShaders packShaders(std::span<const ShaderKernel> kernels);

/// Checks the begin of a container. Errors: it is none, or of another version.
Result<void> checkShaders(std::span<const std::byte> code);
/// The kernel at `entry` of a container that was checked. Errors: anything that is not as
/// above; nothing that comes from `code` is believed.
Result<ShaderKernel> unpackShader(std::span<const std::byte> code, uint64_t entry);

} // namespace weft::vulkan
