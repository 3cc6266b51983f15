// The run side: loads the library that cc made, and calls its functions.
#include "runtime/device/Device.h"

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

namespace example {
using namespace weft;

struct Memory : Buffer {
  Memory(void *base, uint64_t length, void *owned) : base(base), length(length), owned(owned) {}
  ~Memory() override { std::free(owned); }
  uint64_t bytes() const override { return length; }
  std::byte *host() override { return static_cast<std::byte *>(base); }
  void *base;
  uint64_t length;
  void *owned; // or null
};

struct Library : Executable {
  explicit Library(void *handle) : handle(handle) {}
  ~Library() override { ::dlclose(handle); }
  void *handle;
  std::vector<WeftKernel> kernels;
};

struct Calls : CommandList {
  std::span<const WeftKernel> kernels;
  std::vector<void *> bindings;
};

#if defined(__aarch64__)
constexpr const char *machine = "aarch64";
#else
constexpr const char *machine = "x86_64";
#endif

struct CDevice : Device {
  std::string_view name() const override { return "c"; }
  std::string_view architecture() const override { return machine; }
  bool hasFeature(std::string_view) const override { return false; }
  bool usesHostMemory() const override { return true; }

  Result<std::unique_ptr<Buffer>> allocate(uint64_t bytes, Reach) override {
    void *base = nullptr;
    if (bytes > SIZE_MAX / 2 || ::posix_memalign(&base, 64, bytes + 1) != 0)
      return fail("cannot allocate " + std::to_string(bytes) + " bytes");
    std::memset(base, 0, bytes);
    return std::make_unique<Memory>(base, bytes, base);
  }
  Result<std::unique_ptr<Buffer>> import(std::span<const std::byte> host) override {
    if (reinterpret_cast<uintptr_t>(host.data()) % 64)
      return fail("expected host memory at a multiple of 64 bytes");
    return std::make_unique<Memory>(const_cast<std::byte *>(host.data()), host.size(), nullptr);
  }
  Result<std::unique_ptr<Executable>> load(std::span<const std::byte> code,
                                           std::span<const KernelEntry> kernels) override {
    // A file in memory has a path as any other.
    int file = ::memfd_create("weft-c", MFD_CLOEXEC);
    if (file < 0 || ::write(file, code.data(), code.size()) != ssize_t(code.size()))
      return fail("cannot put " + std::to_string(code.size()) + " bytes of code into memory");
    void *handle =
        ::dlopen(("/proc/self/fd/" + std::to_string(file)).c_str(), RTLD_NOW | RTLD_LOCAL);
    ::close(file);
    if (!handle)
      return fail(std::string("cannot load the code: ") + ::dlerror());
    auto library = std::make_unique<Library>(handle);
    for (const KernelEntry &entry : kernels) {
      std::string name = "kernel_" + std::string(entry.name);
      library->kernels.push_back(reinterpret_cast<WeftKernel>(::dlsym(handle, name.c_str())));
      if (!library->kernels.back())
        return fail("expected a function '" + name + "' in the code, found none");
    }
    return library;
  }
  Result<std::unique_ptr<CommandList>> record(Executable &executable, std::vector<Command> commands,
                                              std::span<const BufferView> bindings) override {
    auto calls = std::make_unique<Calls>();
    calls->kernels = static_cast<Library &>(executable).kernels;
    for (const BufferView &view : bindings) {
      if (!isInside(view) || view.offset % 64)
        return fail("expected bindings inside their buffers, at multiples of 64 bytes");
      calls->bindings.push_back(view.buffer->host() + view.offset);
    }
    for (const Command &command : commands)
      if (command.kernel >= calls->kernels.size() || command.shared > WEFT_SHARE_WHOLE ||
          uint64_t(command.firstBinding) + command.bindingCount > bindings.size())
        return fail("expected commands of kernels, bindings and shares that there are");
    calls->commands = std::move(commands);
    return calls;
  }
  Result<void> run(const CommandList &list,
                   std::span<const int64_t, WEFT_SIZE_COUNT> sizes) override {
    const auto &calls = static_cast<const Calls &>(list);
    for (const Command &command : calls.commands) {
      WeftDispatch dispatch{calls.bindings.data() + command.firstBinding, sizes.data(), 0,
                            command.groups};
      calls.kernels[command.kernel](&dispatch);
    }
    return {};
  }
};

static const DevicePlugin plugin = {
    .name = "c",
    .make = [](const DeviceOptions &options) -> Result<std::unique_ptr<Device>> {
      if (options.number != 0)
        return fail("there is one device c, found number " + std::to_string(options.number));
      return std::make_unique<CDevice>();
    },
    .list = []() -> Result<std::vector<std::string>> {
      return std::vector<std::string>{"kernels as C, by one thread"};
    }};

} // namespace example

const weft::DevicePlugin *weft_device_plugin() { return &example::plugin; }
