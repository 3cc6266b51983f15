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
  /// Whether everything before must be complete first.
  bool barrier = true;
};

/// Commands of one call, in order, all of one executable. Made once, run many times with
/// other sizes: `groups` may be changed between runs, bindings may not.
struct CommandList {
  Executable *executable = nullptr;
  std::vector<Command> commands;
  std::vector<BufferView> bindings;
};

/// Not thread-safe, except where said. Buffers and executables must not outlive it.
class Device {
public:
  virtual ~Device() = default;
  virtual std::string_view name() const = 0;

  /// Errors: out of memory, naming the bytes asked for.
  virtual Result<std::unique_ptr<Buffer>> allocate(uint64_t bytes) = 0;
  /// Gives kernels read access to host memory that outlives the buffer, without a copy
  /// where the device can.
  virtual Result<std::unique_ptr<Buffer>> import(std::span<const std::byte> host) = 0;
  /// `code` must outlive the executable.
  virtual Result<std::unique_ptr<Executable>> load(std::span<const std::byte> code,
                                                   std::span<const KernelEntry> kernels) = 0;
  /// Runs the list to its end.
  virtual Result<void> run(const CommandList &list,
                           std::span<const int64_t, WEFT_SIZE_COUNT> sizes) = 0;
};

} // namespace weft
