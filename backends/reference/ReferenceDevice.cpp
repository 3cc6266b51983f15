#include "backends/reference/ReferenceDevice.h"

#include "backends/reference/ReferenceKernel.h"

#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"

#include <cstdlib>
#include <cstring>

using namespace mlir;

namespace weft {

namespace {

class HostBuffer : public Buffer {
public:
  HostBuffer(std::byte *base, uint64_t length, bool owned)
      : base(base), length(length), owned(owned) {}
  ~HostBuffer() override {
    if (owned)
      std::free(base);
  }
  uint64_t bytes() const override { return length; }
  std::byte *host() override { return base; }

private:
  std::byte *base;
  uint64_t length;
  bool owned;
};

struct KernelSetOfModule : Executable {
  // The kernels go before the module, and that before the context.
  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  std::vector<std::unique_ptr<ReferenceKernel>> kernels;
};

struct ReferenceCommands : CommandList {
  const KernelSetOfModule *executable = nullptr;
  std::vector<std::span<std::byte>> bindings;
};

constexpr uint64_t alignment = 64; // of bindings, by Kernel.h

} // namespace

std::unique_ptr<Interpreter> ReferenceDevice::interpreter(Evaluator &evaluator) const {
  return std::make_unique<Interpreter>(evaluator);
}

Result<std::unique_ptr<Buffer>> ReferenceDevice::allocate(uint64_t bytes, Reach) {
  void *memory = nullptr;
  if (bytes > SIZE_MAX / 2 ||
      ::posix_memalign(&memory, alignment, std::max<uint64_t>(bytes, 1)) != 0)
    return fail("cannot allocate " + std::to_string(bytes) + " bytes");
  std::memset(memory, 0, bytes);
  return std::make_unique<HostBuffer>(static_cast<std::byte *>(memory), bytes, true);
}

Result<std::unique_ptr<Buffer>> ReferenceDevice::import(std::span<const std::byte> host) {
  if (reinterpret_cast<uintptr_t>(host.data()) % alignment != 0)
    return fail("expected host memory at a multiple of 64 bytes");
  return std::make_unique<HostBuffer>(const_cast<std::byte *>(host.data()), host.size(), false);
}

Result<std::unique_ptr<Executable>> ReferenceDevice::load(std::span<const std::byte> code,
                                                          std::span<const KernelEntry> kernels) {
  auto result = std::make_unique<KernelSetOfModule>();
  if (kernels.empty())
    return result;
  result->context.loadDialect<WeftDialect, func::FuncDialect>();
  std::string message;
  ScopedDiagnosticHandler handler(&result->context, [&](Diagnostic &diagnostic) {
    if (message.empty())
      message = diagnostic.str();
    return success();
  });
  result->module = parseSourceString<ModuleOp>(
      StringRef(reinterpret_cast<const char *>(code.data()), code.size()), &result->context);
  if (!result->module)
    return fail("the code of the program is no MLIR bytecode of kernels: " + message);
  for (const KernelEntry &entry : kernels) {
    auto function =
        result->module->lookupSymbol<func::FuncOp>(StringRef(entry.name.data(), entry.name.size()));
    if (!function)
      return fail("expected a kernel '" + std::string(entry.name) + "' in the code, found none");
    auto kernel = ReferenceKernel::create(
        *result->module, function, [this](Evaluator &evaluator) { return interpreter(evaluator); });
    if (!kernel)
      return failFrom(kernel);
    result->kernels.push_back(std::move(*kernel));
  }
  return result;
}

Result<std::unique_ptr<CommandList>> ReferenceDevice::record(Executable &executable,
                                                             std::vector<Command> commands,
                                                             std::span<const BufferView> bindings) {
  auto list = std::make_unique<ReferenceCommands>();
  list->executable = &static_cast<KernelSetOfModule &>(executable);
  for (const BufferView &view : bindings) {
    if (!isInside(view) || !view.buffer->host() || view.offset % alignment != 0)
      return fail(
          "expected bindings inside buffers that the host reaches, at multiples of 64 bytes");
    list->bindings.push_back({view.buffer->host() + view.offset, view.bytes});
  }
  for (const Command &command : commands) {
    if (command.kernel >= list->executable->kernels.size() || command.shared > WEFT_SHARE_WHOLE ||
        uint64_t(command.firstBinding) + command.bindingCount > bindings.size())
      return fail("expected commands of kernels, bindings and shares that there are");
    if (auto checked =
            list->executable->kernels[command.kernel]->checkBindings(command.bindingCount);
        !checked)
      return failFrom(checked);
  }
  list->commands = std::move(commands);
  return list;
}

Result<void> ReferenceDevice::run(const CommandList &list,
                                  std::span<const int64_t, WEFT_SIZE_COUNT> sizes) {
  const auto &ready = static_cast<const ReferenceCommands &>(list);
  for (const Command &command : ready.commands) {
    if (command.groups == 0)
      continue;
    auto bindings = std::span(ready.bindings).subspan(command.firstBinding, command.bindingCount);
    if (auto ran = ready.executable->kernels[command.kernel]->run(bindings, sizes); !ran)
      return ran;
  }
  return {};
}

} // namespace weft
