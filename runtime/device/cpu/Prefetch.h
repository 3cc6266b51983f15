// Kernels that a program has twice, for processors of different makers.
#pragma once

#include <string_view>

namespace weft {

/// Behind the name of a kernel: the same kernel, but that it asks memory for weights ahead of their
/// use. The device runs it in place of the other one on Intel's processors, where that is faster;
/// on AMD's it is slower. Results are the same to the bit.
inline constexpr std::string_view askingAhead = ".ahead";

} // namespace weft
