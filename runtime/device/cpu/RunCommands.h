// The inner loop of the CPU device: one parallel region for a whole list of commands.
#pragma once

#include "runtime/device/Device.h"
#include "runtime/device/cpu/ThreadPool.h"

#include <span>

namespace weft {

/// A command list with everything looked up.
struct ReadyCommands {
  std::span<const Command> commands;
  /// By number of the kernel.
  std::span<const WeftKernel> kernels;
  /// Base pointers, by number of the binding.
  std::span<void *const> bindings;
  std::span<const int64_t, WEFT_SIZE_COUNT> sizes;
};

/// Runs all commands. Every worker walks the list and takes its fixed, contiguous share of
/// each command's workgroups: the same share every time, so that what a thread wrote is in
/// its cache when it reads on. Workers wait for each other only where a barrier is needed.
void runCommands(ThreadPool &pool, const ReadyCommands &ready);

} // namespace weft
