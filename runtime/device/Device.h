// What runs compiled programs: the run side of a backend.
#pragma once

#include "runtime/artifact/Error.h"
#include "runtime/artifact/Kernel.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// Memory that kernels of one device can use. Zero-filled when made.
class Buffer {
public:
  virtual ~Buffer() = default;
  virtual uint64_t bytes() const = 0;
  /// Address for the host, or nullptr where the host cannot reach it.
  virtual std::byte *host() = 0;
};

/// A place in a buffer; `bytes` may be used from there. Does not own.
struct BufferView {
  Buffer *buffer = nullptr;
  uint64_t offset = 0;
  uint64_t bytes = 0;
};

/// Code of one program, loaded; kernels are numbered as in the program.
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
  int64_t groups = 0;
  /// Of these, how many of WEFT_SHARE_WHOLE no thread has a fixed part of; at most all. A
  /// device that does not split work among threads may ignore it.
  uint8_t shared = WEFT_SHARE_DEFAULT;
  /// Whether everything before must be complete first.
  bool barrier = true;
};

/// Commands of one call, in order, all of one executable. Made by Device::record(), run
/// many times with other sizes. Does not own what it refers to.
class CommandList {
public:
  virtual ~CommandList() = default;
  /// Between runs `groups` and `shared` may be changed, and `kernel` to another one of the
  /// executable that takes the same bindings; nothing else.
  std::vector<Command> commands;
};

/// Not thread-safe, except where said. Buffers, executables and command lists must not
/// outlive it.
class Device {
public:
  virtual ~Device() = default;
  /// What programs name as their target: "cpu".
  virtual std::string_view name() const = 0;
  /// Instruction set of the code that it takes: "x86_64", "aarch64".
  virtual std::string_view architecture() const = 0;
  /// Whether code may use the extension that LLVM calls `feature`: "avx512vnni".
  virtual bool hasFeature(std::string_view feature) const = 0;

  /// Errors: out of memory, naming the bytes asked for.
  virtual Result<std::unique_ptr<Buffer>> allocate(uint64_t bytes) = 0;
  /// Gives kernels read access to host memory that outlives the buffer, without a copy
  /// where the device can.
  virtual Result<std::unique_ptr<Buffer>> import(std::span<const std::byte> host) = 0;
  /// `code` is position-independent and needs no other; it is not used after the call.
  /// Errors: out of memory.
  virtual Result<std::unique_ptr<Executable>> load(std::span<const std::byte> code,
                                                   std::span<const KernelEntry> kernels) = 0;
  /// Resolves bindings once for all runs. Errors: a view beyond its buffer, not aligned to
  /// 64 bytes or out of the device's reach, a command beyond kernels, bindings or the whole
  /// of its groups.
  virtual Result<std::unique_ptr<CommandList>> record(Executable &executable,
                                                      std::vector<Command> commands,
                                                      std::span<const BufferView> bindings) = 0;
  /// Runs a list of this device to its end, allocating nothing. `sizes` in the order of
  /// WeftSize. Errors: the device was lost.
  virtual Result<void> run(const CommandList &list,
                           std::span<const int64_t, WEFT_SIZE_COUNT> sizes) = 0;
};

} // namespace weft
