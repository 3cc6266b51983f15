// What runs compiled programs: the run side of a backend, built in or a plug-in.
//
// A run side includes this header and nothing else of Weft. It needs no library of Weft
// either, and no LLVM: `weft` has neither a compiler nor its symbols.
//
// A plug-in is a shared library "x.so" with one C function or both:
//
//   weft_device_plugin()   here: the run side, which `weft --plugin x.so` loads;
//   weft_backend_plugin()  backends/Backend.h: the compile side, which `weftc --plugin x.so`
//                          loads, from "x-compiler.so" where that stands beside "x.so".
//
// A compile side uses LLVM, so a plug-in that is to run where there is none is two libraries,
// "x.so" and "x-compiler.so". One library for both is fine where LLVM is at hand.
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

/// Who uses a buffer.
enum class Reach : uint8_t {
  Kernels, // kernels alone
  Host,    // kernels, and between runs the host at Buffer::host()
};

/// Memory that kernels of one device can use. Zero-filled when made.
class Buffer {
public:
  virtual ~Buffer() = default;
  virtual uint64_t bytes() const = 0;
  /// Address for the host; nullptr where it cannot reach it, which may be only in buffers that
  /// were made for kernels alone.
  virtual std::byte *host() = 0;
};

/// A place in a buffer; `bytes` may be used from there. Does not own.
struct BufferView {
  Buffer *buffer = nullptr;
  uint64_t offset = 0;
  uint64_t bytes = 0;
};

/// Bytes of a buffer that become those of another place, as many there; none are a copy too. The
/// two do not overlap, and `to` is not in a buffer that was imported.
struct BufferCopy {
  BufferView from, to;
};

/// Whether a view lies in its buffer.
inline bool isInside(const BufferView &view) {
  return view.buffer && view.offset <= view.buffer->bytes() &&
         view.bytes <= view.buffer->bytes() - view.offset;
}

/// Errors: a copy from or to where no buffer is, or of another length than it gets.
inline Result<void> checkCopies(std::span<const BufferCopy> copies) {
  for (const BufferCopy &copy : copies)
    if (!isInside(copy.from) || !isInside(copy.to) || copy.from.bytes != copy.to.bytes)
      return fail("expected copies between equal lengths inside buffers, found " +
                  std::to_string(copy.from.bytes) + " bytes at " +
                  std::to_string(copy.from.offset) + " to " + std::to_string(copy.to.bytes) +
                  " bytes at " + std::to_string(copy.to.offset));
  return {};
}

/// Code of one backend for one program, loaded; kernels are numbered as in the program.
class Executable {
public:
  virtual ~Executable() = default;
};

/// Where the kernel `kernel` starts in the code.
struct KernelEntry {
  std::string_view name;
  uint64_t offset;
};

struct Command {
  uint32_t kernel = 0;
  /// First of this command's bindings among those of the list, and how many.
  uint32_t firstBinding = 0;
  uint32_t bindingCount = 0;
  /// Workgroups, at least 0; a command that has none is passed over.
  int64_t groups = 0;
  /// Of these, how many of WEFT_SHARE_WHOLE no thread has a fixed part of; at most all. A
  /// device that does not split work among threads may ignore it.
  uint8_t shared = WEFT_SHARE_DEFAULT;
  /// Whether everything before must be complete first.
  bool barrier = true;
};

/// Commands in order, all of one executable. Made by Device::record(), run
/// many times with other sizes. Does not own what it refers to.
class CommandList {
public:
  virtual ~CommandList() = default;
  /// Between runs `groups` and `shared` may be changed, and `kernel` to another one of the
  /// executable that takes the same bindings; nothing else.
  std::vector<Command> commands;
};

/// What one thread did of a command in one run: all of it, or some of its workgroups.
struct CommandSpan {
  /// Its number in the list.
  uint32_t command = 0;
  /// 0 is the thread that called; on a device with processors of its own, all of them together.
  uint32_t thread = 0;
  /// When it began and ended, in nanoseconds since the run began.
  int64_t begin = 0, end = 0;
};

/// Not thread-safe, but bound to no thread: calls, those of what it makes among them, may come from
/// any thread, one at a time. Several devices may be used at once. Buffers, executables and command
/// lists must not outlive it. Errors are one line.
class Device {
public:
  virtual ~Device() = default;
  /// What programs name as their target: "cpu".
  virtual std::string_view name() const = 0;
  /// What its code is made of, as CompiledProgram::architecture says: "x86_64", "aarch64".
  virtual std::string_view architecture() const = 0;
  /// Whether code may use `feature`, one of CompiledProgram::features: "avx512vnni".
  virtual bool hasFeature(std::string_view feature) const = 0;
  /// Whether kernels use memory of this process at its own address. Such devices use each
  /// other's buffers, through Buffer::host(); between all others the executor copies.
  virtual bool usesHostMemory() const { return false; }

  /// `bytes` may be 0. Errors: out of memory, naming the bytes asked for.
  virtual Result<std::unique_ptr<Buffer>> allocate(uint64_t bytes, Reach reach) = 0;
  /// Gives kernels read access to host memory that outlives the buffer and is not written
  /// meanwhile, without a copy where the device can. It begins at a multiple of 64 bytes and has
  /// any length. Errors: it begins elsewhere; out of memory.
  virtual Result<std::unique_ptr<Buffer>> import(std::span<const std::byte> host) = 0;
  /// `code` is position-independent and needs no other; neither it nor the names of `kernels` are
  /// used after the call. Errors: out of memory, a kernel that is not in the code (names it).
  virtual Result<std::unique_ptr<Executable>> load(std::span<const std::byte> code,
                                                   std::span<const KernelEntry> kernels) = 0;
  /// Resolves bindings once for all runs; `bindings` is not used after the call. Errors: a view
  /// beyond its buffer, not aligned to 64 bytes or out of the device's reach, a command beyond
  /// kernels, bindings or the whole of its groups, and where the code says how many bindings a
  /// kernel takes, another number of them.
  virtual Result<std::unique_ptr<CommandList>> record(Executable &executable,
                                                      std::vector<Command> commands,
                                                      std::span<const BufferView> bindings) = 0;
  /// Copies between buffers of this device, in any order, while no list runs. Errors: those of
  /// checkCopies(), and then nothing was copied; a buffer that the host cannot reach, where the
  /// device does not have a way of its own; the device was lost.
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
  /// Names the kind of device as finely as it matters for which variant of a kernel is fastest:
  /// maker, model and revision, "GenuineIntel 6-143-8 9c01f2aa". Empty: the runtime does not
  /// measure variants on it.
  virtual std::string identity() const { return ""; }
  /// Runs a list of this device to its end, allocating nothing. `sizes` in the order of
  /// WeftSize. Errors: the device was lost.
  virtual Result<void> run(const CommandList &list,
                           std::span<const int64_t, WEFT_SIZE_COUNT> sizes) = 0;
  /// The same, and adds to `spans` when each thread was at work on each command, in any order.
  /// Allocates, and takes a little longer. Errors: those of run(); the device has no clock.
  virtual Result<void> runTimed(const CommandList &list,
                                std::span<const int64_t, WEFT_SIZE_COUNT> sizes,
                                std::vector<CommandSpan> &spans) {
    return fail("device '" + std::string(name()) + "' does not say how long commands take");
  }
};

/// Of this header and what it includes; counts every change of them. A plug-in that was built
/// with another one is refused.
inline constexpr uint32_t deviceVersion = 4;

struct DeviceOptions {
  /// Threads of the host that may work, the one that calls run() among them; at least 1.
  unsigned threads = 1;
  /// Which one of several: 1 of "vulkan:1".
  unsigned number = 0;
};

/// A kind of device. Its functions may be called from any thread.
struct DevicePlugin {
  uint32_t version = deviceVersion; // stays first in all versions
  /// Of letters, digits, '-' and '_': "vulkan".
  const char *name = nullptr;
  /// Errors: there is none of that number, or it cannot be had on this machine.
  Result<std::unique_ptr<Device>> (*make)(const DeviceOptions &options) = nullptr;
  /// A line for people on each one that this machine has, by number. Errors: why there is none.
  Result<std::vector<std::string>> (*list)() = nullptr;
};

} // namespace weft

/// What the run side of a plug-in defines: a kind of device that lives as long as the process.
/// Libraries are not unloaded.
extern "C" __attribute__((visibility("default"))) const weft::DevicePlugin *weft_device_plugin();
