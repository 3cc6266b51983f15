#include "FakeDevice.h"

#include <cstdlib>

namespace weft::test {
namespace {

class HeapBuffer : public Buffer {
public:
  explicit HeapBuffer(uint64_t bytes) : length(bytes) {
    void *memory = nullptr;
    if (posix_memalign(&memory, 64, bytes) != 0)
      std::abort();
    base = static_cast<std::byte *>(memory);
    std::fill_n(base, bytes, std::byte(0));
  }
  ~HeapBuffer() override { std::free(base); }
  uint64_t bytes() const override { return length; }
  std::byte *host() override { return base; }

private:
  std::byte *base;
  uint64_t length;
};

class BorrowedBuffer : public Buffer {
public:
  explicit BorrowedBuffer(std::span<const std::byte> memory) : memory(memory) {}
  uint64_t bytes() const override { return memory.size(); }
  std::byte *host() override { return const_cast<std::byte *>(memory.data()); }

private:
  std::span<const std::byte> memory;
};

struct FunctionTable : Executable {
  std::vector<WeftKernel> functions;
};

struct FakeList : CommandList {
  FunctionTable *table;
  std::vector<void *> bindings;
};

} // namespace

FakeDevice::FakeDevice() {
#if defined(__aarch64__)
  architectureName = "aarch64";
#else
  architectureName = "x86_64";
#endif
}

Result<std::unique_ptr<Buffer>> FakeDevice::allocate(uint64_t bytes, Reach) {
  return std::make_unique<HeapBuffer>(bytes);
}

Result<std::unique_ptr<Buffer>> FakeDevice::import(std::span<const std::byte> host) {
  return std::make_unique<BorrowedBuffer>(host);
}

Result<std::unique_ptr<Executable>> FakeDevice::load(std::span<const std::byte> code,
                                                     std::span<const KernelEntry> kernels) {
  auto table = std::make_unique<FunctionTable>();
  for (const KernelEntry &kernel : kernels) {
    auto found = functions.find(kernel.name);
    if (found == functions.end())
      return fail("no function for kernel " + std::string(kernel.name));
    table->functions.push_back(found->second);
  }
  return table;
}

Result<std::unique_ptr<CommandList>> FakeDevice::record(Executable &executable,
                                                        std::vector<Command> commands,
                                                        std::span<const BufferView> bindings) {
  auto list = std::make_unique<FakeList>();
  list->table = static_cast<FunctionTable *>(&executable);
  list->commands = std::move(commands);
  for (const BufferView &view : bindings) {
    if (view.offset % 64 != 0 || view.offset + view.bytes > view.buffer->bytes())
      return fail("a view that is not aligned or beyond its buffer");
    list->bindings.push_back(view.buffer->host() + view.offset);
  }
  ran.reserve(list->commands.size());
  shares.reserve(list->commands.size());
  return list;
}

Result<void> FakeDevice::run(const CommandList &list,
                             std::span<const int64_t, WEFT_SIZE_COUNT> sizes) {
  if (std::exchange(failNextRun, false))
    return fail("the device was lost");
  const auto &fake = static_cast<const FakeList &>(list);
  ran.clear();
  shares.clear();
  for (const Command &command : list.commands) {
    if (command.groups == 0)
      continue;
    ran.emplace_back(command.kernel, command.groups);
    shares.push_back(command.shared);
    WeftDispatch dispatch = {fake.bindings.data() + command.firstBinding, sizes.data(), 0,
                             command.groups};
    fake.table->functions[command.kernel](&dispatch);
  }
  return {};
}

Result<void> FakeDevice::runTimed(const CommandList &list,
                                  std::span<const int64_t, WEFT_SIZE_COUNT> sizes,
                                  std::vector<CommandSpan> &spans) {
  int64_t begin = 0;
  for (uint32_t i = 0; i < list.commands.size(); ++i)
    if (list.commands[i].groups > 0) {
      spans.push_back({i, 0, begin, begin + 700});
      begin += 1000;
    }
  return run(list, sizes);
}

} // namespace weft::test
