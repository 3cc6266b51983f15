#include "runtime/device/cpu/CpuMemory.h"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <sys/mman.h>

namespace weft {

constexpr size_t hugePage = size_t(2) << 20;

namespace {

class MappedBuffer final : public Buffer {
public:
  MappedBuffer(void *mapping, size_t mappedBytes, std::byte *base, uint64_t bytes)
      : mapping(mapping), mappedBytes(mappedBytes), base(base), length(bytes) {}
  ~MappedBuffer() override { ::munmap(mapping, mappedBytes); }
  uint64_t bytes() const override { return length; }
  std::byte *host() override { return base; }

private:
  void *mapping;
  size_t mappedBytes;
  std::byte *base;
  uint64_t length;
};

class ImportedBuffer final : public Buffer {
public:
  explicit ImportedBuffer(std::span<const std::byte> memory) : memory(memory) {}
  uint64_t bytes() const override { return memory.size(); }
  std::byte *host() override { return const_cast<std::byte *>(memory.data()); }

private:
  std::span<const std::byte> memory;
};

} // namespace

static void *mapFresh(size_t bytes) {
  void *base = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return base == MAP_FAILED ? nullptr : base;
}

Result<std::unique_ptr<Buffer>> allocateCpuBuffer(uint64_t bytes) {
  auto noMemory = [&] {
    return fail(fmt::format("cannot allocate {} bytes: {}; choose a smaller context, fewer "
                            "sequences or fewer tokens a call",
                            bytes, std::strerror(ENOMEM)));
  };
  // Half of the address space is more than any machine has, and leaves room to round.
  if (bytes > SIZE_MAX / 2)
    return noMemory();
  bool large = bytes >= hugePage;
  size_t mapped = large ? bytes + hugePage : std::max<size_t>(bytes, 1);
  void *mapping = mapFresh(mapped);
  if (!mapping)
    return noMemory();
  auto *base = static_cast<std::byte *>(mapping);
  if (large) {
    base += (hugePage - reinterpret_cast<uintptr_t>(mapping) % hugePage) % hugePage;
    ::madvise(base, bytes, MADV_HUGEPAGE);
  }
  return std::make_unique<MappedBuffer>(mapping, mapped, base, bytes);
}

std::unique_ptr<Buffer> importCpuBuffer(std::span<const std::byte> host) {
  return std::make_unique<ImportedBuffer>(host);
}

Result<std::unique_ptr<CpuExecutable>> CpuExecutable::load(std::span<const std::byte> code,
                                                           std::span<const KernelEntry> entries) {
  for (const KernelEntry &entry : entries)
    if (entry.offset >= code.size())
      return fail(fmt::format("kernel '{}': expected its entry inside {} bytes of code, found {}",
                              entry.name, code.size(), entry.offset));
  size_t length = std::max<size_t>(code.size(), 1);
  void *base = mapFresh(length);
  if (!base)
    return fail(fmt::format("cannot allocate {} bytes for code: {}", length, std::strerror(errno)));
  std::unique_ptr<CpuExecutable> executable(new CpuExecutable(base, length));
  if (!code.empty())
    std::memcpy(base, code.data(), code.size());
  auto *begin = static_cast<char *>(base);
  __builtin___clear_cache(begin, begin + length);
  if (::mprotect(base, length, PROT_READ | PROT_EXEC) != 0)
    return fail(fmt::format("cannot make {} bytes of code executable: {}; the system's policy "
                            "may forbid it",
                            length, std::strerror(errno)));
  for (const KernelEntry &entry : entries)
    executable->table.push_back(reinterpret_cast<WeftKernel>(begin + entry.offset));
  return executable;
}

CpuExecutable::~CpuExecutable() { ::munmap(base, length); }

} // namespace weft
