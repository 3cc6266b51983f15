// The run side of a backend, built in or a plug-in: memory, and commands that run kernels.
//
// A run side includes this header and nothing else of Weft, and links no library of Weft or LLVM.
//
// A plug-in is a shared library "x.so" with one of these C functions or both:
//
//   weft_device_plugin()   declared here: the run side, which `weft --plugin x.so` loads;
//   weft_backend_plugin()  declared in backends/Backend.h: the compile side, which `weftc --plugin
//                          x.so` loads, from "x-compiler.so" if that file is beside "x.so".
//
// A compile side links LLVM. A plug-in whose run side must load on machines without LLVM is
// therefore two libraries, "x.so" and "x-compiler.so"; elsewhere one library may have both.
#pragma once

#include "runtime/artifact/Kernel.h"
#include "runtime/base/Error.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// Who accesses a buffer.
enum class Reach : uint8_t {
  Kernels, // only kernels
  Host,    // kernels, and between runs also the host, at Buffer::host()
};

/// Memory that kernels of one device can use. Filled with zeros when allocated.
class Buffer {
public:
  virtual ~Buffer() = default;
  virtual uint64_t bytes() const = 0;
  /// Returns the host's address of the first byte, or nullptr if the host cannot reach the buffer,
  /// which may be so only for buffers allocated with Reach::Kernels.
  virtual std::byte *host() = 0;
};

/// A range of a buffer: `bytes` bytes from `offset` on. Does not own the buffer.
struct BufferView {
  Buffer *buffer = nullptr;
  uint64_t offset = 0;
  uint64_t bytes = 0;
};

/// A copy between buffers. Both views have the same number of bytes, which may be 0, and do not
/// overlap; `to` is not in an imported buffer.
struct BufferCopy {
  BufferView from, to;
};

/// Returns whether a view lies inside its buffer.
inline bool isInside(const BufferView &view) {
  return view.buffer && view.offset <= view.buffer->bytes() &&
         view.bytes <= view.buffer->bytes() - view.offset;
}

/// Errors: a view that has no buffer or exceeds it, or two views of different lengths.
inline Result<void> checkCopies(std::span<const BufferCopy> copies) {
  for (const BufferCopy &copy : copies)
    if (!isInside(copy.from) || !isInside(copy.to) || copy.from.bytes != copy.to.bytes)
      return fail("expected copies between equal lengths inside buffers, found " +
                  std::to_string(copy.from.bytes) + " bytes at " +
                  std::to_string(copy.from.offset) + " to " + std::to_string(copy.to.bytes) +
                  " bytes at " + std::to_string(copy.to.offset));
  return {};
}

/// The loaded code of one program. Kernels are numbered as in the program.
class Executable {
public:
  virtual ~Executable() = default;
};

/// A kernel's name and the byte at which its code begins.
struct KernelEntry {
  std::string_view name;
  uint64_t offset;
};

/// One dispatch of one kernel.
struct Command {
  uint32_t kernel = 0;
  /// The command's bindings are bindings[firstBinding, firstBinding + bindingCount) of the list.
  uint32_t firstBinding = 0;
  uint32_t bindingCount = 0;
  /// Workgroups of the grid, at least 0. A command with 0 is skipped.
  int64_t groups = 0;
  /// How many of every WEFT_SHARE_WHOLE workgroups are taken by whichever thread is free first,
  /// rather than assigned in advance; at most WEFT_SHARE_WHOLE. A device that does not divide work
  /// among threads may ignore it.
  uint8_t shared = WEFT_SHARE_DEFAULT;
  /// Whether all earlier commands must be complete before this one begins.
  bool barrier = true;
};

/// Bindings and imported memory begin at a multiple of this (Kernel.h).
inline constexpr uint64_t bindingAlign = 64;

/// Errors: a command that names a kernel or a binding that does not exist, or whose `shared`
/// exceeds WEFT_SHARE_WHOLE.
inline Result<void> checkCommands(std::span<const Command> commands, size_t kernels,
                                  size_t bindings) {
  for (const Command &command : commands) {
    if (command.kernel >= kernels)
      return fail("expected a kernel below " + std::to_string(kernels) + ", found " +
                  std::to_string(command.kernel));
    if (command.shared > WEFT_SHARE_WHOLE)
      return fail("expected a share of at most " + std::to_string(WEFT_SHARE_WHOLE) + ", found " +
                  std::to_string(command.shared));
    if (uint64_t(command.firstBinding) + command.bindingCount > bindings)
      return fail("expected bindings below " + std::to_string(bindings) + ", found " +
                  std::to_string(command.bindingCount) + " from " +
                  std::to_string(command.firstBinding));
  }
  return {};
}

/// Commands in order, all of one executable. Made by Device::record() and run many times with
/// different sizes. Does not own the executable and buffers that it refers to.
class CommandList {
public:
  virtual ~CommandList() = default;
  /// Between runs, `groups` and `shared` may be changed, and `kernel` may be set to another kernel
  /// of the executable that takes the same bindings. Nothing else may be changed.
  std::vector<Command> commands;
};

/// When one thread worked on one command in one run, on all of its workgroups or some.
struct CommandSpan {
  /// The command's index in the list.
  uint32_t command = 0;
  /// The thread; 0 is the one that called runTimed(). A device with processors of its own reports
  /// all its work as thread 0.
  uint32_t thread = 0;
  /// When the thread began and ended, in nanoseconds since the run began.
  int64_t begin = 0, end = 0;
};

/// A device that runs kernels. Not thread-safe, but bound to no thread: calls of the device and of
/// the objects that it made may come from any thread, one at a time. Several devices may be used at
/// once. Buffers, executables and command lists must not outlive it. Errors are one line.
class Device {
public:
  virtual ~Device() = default;
  /// Returns the target that programs for this device name: "cpu".
  virtual std::string_view name() const = 0;
  /// Returns the architecture of its code, as in CompiledProgram::architecture: "x86_64",
  /// "aarch64".
  virtual std::string_view architecture() const = 0;
  /// Says whether code may use `feature`, a name as in CompiledProgram::features: "avx512vnni".
  virtual bool hasFeature(std::string_view feature) const = 0;
  /// Says whether kernels access this process's memory at its own addresses. Such devices use each
  /// other's buffers directly, through Buffer::host(); between other devices the runtime copies.
  virtual bool usesHostMemory() const { return false; }

  /// Allocates a zero-filled buffer; `bytes` may be 0. Errors: out of memory; the message says how
  /// many bytes were asked for.
  virtual Result<std::unique_ptr<Buffer>> allocate(uint64_t bytes, Reach reach) = 0;
  /// Makes a buffer of `host`, which kernels may only read, which must outlive the buffer and must
  /// not be written meanwhile. It begins at a multiple of 64 bytes and may have any length. Copies
  /// it only if the device cannot use it in place. Errors: `host` begins elsewhere; out of memory.
  virtual Result<std::unique_ptr<Buffer>> import(std::span<const std::byte> host) = 0;
  /// Loads position-independent code that calls no other code. `code` and the names of `kernels`
  /// may be freed after the call. Errors: out of memory; a kernel that is not in the code, by name.
  virtual Result<std::unique_ptr<Executable>> load(std::span<const std::byte> code,
                                                   std::span<const KernelEntry> kernels) = 0;
  /// Makes a command list, resolving bindings once for all runs; `bindings` may be freed after the
  /// call. Errors: a view that exceeds its buffer, is not aligned to 64 bytes or is not usable by
  /// the device; a command that names a kernel or binding that does not exist, or whose `shared`
  /// exceeds WEFT_SHARE_WHOLE; and, where the code says how many bindings a kernel takes, another
  /// number of them.
  virtual Result<std::unique_ptr<CommandList>> record(Executable &executable,
                                                      std::vector<Command> commands,
                                                      std::span<const BufferView> bindings) = 0;
  /// Copies between buffers of this device, in any order, while no list runs. This default copies
  /// on the host. Errors: those of checkCopies(), and then nothing is copied; a buffer that the
  /// host cannot reach, on a device that does not override this; the device was lost.
  virtual Result<void> copy(std::span<const BufferCopy> copies) {
    if (auto checked = checkCopies(copies); !checked)
      return checked;
    for (const BufferCopy &copy : copies) {
      if (copy.from.bytes == 0)
        continue;
      const std::byte *from = copy.from.buffer->host();
      std::byte *to = copy.to.buffer->host();
      if (!from || !to)
        return fail("device '" + std::string(name()) +
                    "' has no way to copy between buffers that the host cannot reach");
      std::memcpy(to + copy.to.offset, from + copy.from.offset, copy.from.bytes);
    }
    return {};
  }
  /// Returns a name of the exact hardware (maker, model and revision), under which the runtime
  /// remembers which variants of kernels are fastest: "GenuineIntel 6-143-8 9c01f2aa". If empty,
  /// the runtime measures no variants on this device.
  virtual std::string identity() const { return ""; }
  /// Runs a list of this device to its end. Allocates nothing. `sizes` is indexed by WeftSize.
  /// Errors: the device was lost.
  virtual Result<void> run(const CommandList &list,
                           std::span<const int64_t, WEFT_SIZE_COUNT> sizes) = 0;
  /// Runs a list as run() does, and appends to `spans` when each thread worked on each command, in
  /// any order. Allocates, and is a little slower. Errors: those of run(); the device has no clock.
  virtual Result<void> runTimed(const CommandList &list,
                                std::span<const int64_t, WEFT_SIZE_COUNT> sizes,
                                std::vector<CommandSpan> &spans) {
    return fail("device '" + std::string(name()) + "' does not say how long commands take");
  }
};

/// Version of this header and the headers it includes; every change to them increases it. A plug-in
/// built with another version is refused.
inline constexpr uint32_t deviceVersion = 4;

struct DeviceOptions {
  /// Host threads that may work, including the one that calls run(); at least 1.
  unsigned threads = 1;
  /// Which of several devices of one kind, counted from 0: 1 in "vulkan:1".
  unsigned number = 0;
};

/// A kind of device, such as "vulkan". Its functions may be called from any thread.
struct DevicePlugin {
  uint32_t version = deviceVersion; // stays first in all versions
  /// The kind's name, of letters, digits, '-' and '_': "vulkan".
  const char *name = nullptr;
  /// Makes the device options.number. Errors: there is no device of that number, or it cannot be
  /// used on this machine.
  Result<std::unique_ptr<Device>> (*make)(const DeviceOptions &options) = nullptr;
  /// Returns a description for people of each device of this kind on this machine, indexed by
  /// number. Errors: why there is none.
  Result<std::vector<std::string>> (*list)() = nullptr;
};

} // namespace weft

/// Defined by the run side of a plug-in; returns a kind of device that stays valid as long as the
/// process. Libraries are never unloaded.
extern "C" __attribute__((visibility("default"))) const weft::DevicePlugin *weft_device_plugin();
