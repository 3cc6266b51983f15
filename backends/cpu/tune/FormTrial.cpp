#include "backends/cpu/tune/FormTrial.h"

#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

#include <chrono>
#include <cstring>
#include <random>

using namespace mlir;

namespace weft::cpu {

/// More would only make a run longer.
static constexpr uint64_t mostDispatches = 64;

/// Of `type`'s values in memory; `tokens` rows where it has any number of them.
static uint64_t bytesFor(RankedTensorType type, int64_t tokens) {
  if (type.hasStaticShape())
    return bytesOf(type);
  return type.getRank() == 1 ? 4 * tokens : storageOf(type).rowBytes(type.getDimSize(1)) * tokens;
}

/// Bytes from 0x38 to 0x3c: f32 and bf16 from 4e-5 to 1e-2, f16 from 0.5 to 1.3, and codes.
static void fill(std::byte *begin, uint64_t bytes) {
  static const std::vector<std::byte> pattern = [] {
    std::mt19937 random(1);
    std::vector<std::byte> result(65521); // A prime: no two rows are alike.
    for (std::byte &byte : result)
      byte = std::byte(0x38 + random() % 5);
    return result;
  }();
  for (uint64_t done = 0; done < bytes; done += pattern.size())
    std::memcpy(begin + done, pattern.data(), std::min<uint64_t>(pattern.size(), bytes - done));
}

struct FormTrial::Impl {
  Impl(Device &device, const CpuBackend &backend, const CompiledForm &form, const TrialSizes &sizes)
      : device(device), backend(backend), form(form), trial(sizes),
        sizes{sizes.tokens, sizes.tokens,
              int64_t(llvm::alignTo(sizes.tokens, WEFT_CONTEXT_MULTIPLE)), 1} {}

  Result<void> load(const CodeImage &image);
  Result<void> allocate();
  Result<void> record();
  Result<Buffer *> newBuffer(uint64_t bytes);
  void fillIndices();
  void set(uint32_t number, const Schedule &schedule);
  int64_t groups(const Schedule &schedule) const;

  Device &device;
  const CpuBackend &backend;
  CompiledForm form;
  const TrialSizes trial;
  const std::array<int64_t, WEFT_SIZE_COUNT> sizes;

  std::unique_ptr<Executable> executable;
  std::vector<std::unique_ptr<Buffer>> buffers;
  Buffer *weights = nullptr, *result = nullptr;
  uint64_t weightBytes = 0; // of one dispatch
  uint64_t dispatches = 1;
  /// Of the kernel's arguments and result; a weight's is the first dispatch's.
  std::vector<BufferView> views;
  std::unique_ptr<CommandList> list;
};

Result<void> FormTrial::Impl::load(const CodeImage &image) {
  std::vector<KernelEntry> entries;
  for (const CompiledProgram::Kernel &kernel : image.kernels)
    entries.push_back({kernel.name, kernel.entry});
  auto loaded = device.load(std::as_bytes(std::span(image.bytes)), entries);
  if (!loaded)
    return failFrom(loaded);
  executable = std::move(*loaded);
  return {};
}

Result<Buffer *> FormTrial::Impl::newBuffer(uint64_t bytes) {
  auto made = device.allocate(bytes, Reach::Host);
  if (!made)
    return failFrom(made);
  buffers.push_back(std::move(*made));
  return buffers.back().get();
}

Result<void> FormTrial::Impl::allocate() {
  for (Type type : form.kernel.getArgumentTypes()) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (tensor && tensor.hasStaticShape()) {
      uint64_t bytes = bytesOf(tensor);
      views.push_back({nullptr, weightBytes, bytes});
      weightBytes = llvm::alignTo(weightBytes + bytes, bindingAlign);
      continue;
    }
    uint64_t bytes = tensor ? bytesFor(tensor, trial.tokens)
                            : backend.stateBytesPerPosition(type) * sizes[WEFT_CONTEXT];
    auto buffer = newBuffer(bytes);
    if (!buffer)
      return failFrom(buffer);
    fill((*buffer)->host(), bytes);
    views.push_back({*buffer, 0, bytes});
  }
  // Many tokens take long enough for weights to be a small part of it.
  if (weightBytes)
    dispatches =
        std::clamp<uint64_t>(trial.weightBytes / weightBytes / trial.tokens, 1, mostDispatches);
  auto made = newBuffer(weightBytes * dispatches);
  if (!made)
    return failFrom(made);
  weights = *made;
  fill(weights->host(), weights->bytes());
  for (BufferView &view : views)
    if (!view.buffer)
      view.buffer = weights;

  uint64_t bytes =
      bytesFor(cast<RankedTensorType>(form.kernel.getResultTypes().front()), trial.tokens);
  auto output = newBuffer(bytes);
  if (!output)
    return failFrom(output);
  result = *output;
  views.push_back({result, 0, bytes});
  fillIndices();
  return {};
}

/// One sequence from its begin.
void FormTrial::Impl::fillIndices() {
  for (AttendOp attend : form.kernel.getOps<AttendOp>()) {
    for (Value indices : {attend.getPositions(), attend.getSequences()}) {
      const BufferView &view = views[cast<BlockArgument>(indices).getArgNumber()];
      auto *numbers = reinterpret_cast<int32_t *>(view.buffer->host());
      for (int64_t i = 0; i < trial.tokens; ++i)
        numbers[i] = indices == attend.getPositions() ? int32_t(i) : 0;
    }
  }
}

Result<void> FormTrial::Impl::record() {
  std::vector<Command> commands;
  std::vector<BufferView> bindings;
  for (uint64_t i = 0; i < dispatches; ++i) {
    commands.push_back(
        {.firstBinding = uint32_t(bindings.size()), .bindingCount = uint32_t(views.size())});
    for (BufferView view : views) {
      if (view.buffer == weights)
        view.offset += i * weightBytes;
      bindings.push_back(view);
    }
  }
  auto recorded = device.record(*executable, std::move(commands), bindings);
  if (!recorded)
    return failFrom(recorded);
  list = std::move(*recorded);
  return {};
}

int64_t FormTrial::Impl::groups(const Schedule &schedule) const {
  schema::Grid grid = form.grid(schedule);
  uint64_t all = grid.count();
  if (grid.symbol() != schema::Symbol::One)
    all *= llvm::divideCeil(trial.tokens, grid.tile());
  uint64_t elements = 0; // of weights
  for (LinearOp linear : func::FuncOp(form.kernel).getOps<LinearOp>())
    elements += linear.getWeight().getType().getNumElements();
  uint64_t each = std::max<uint64_t>(1, elements * trial.tokens / all);
  // Enough to share out as all of them would be.
  constexpr uint64_t fewest = 512;
  return trial.operations ? std::min(all, std::max(fewest, trial.operations / each)) : all;
}

void FormTrial::Impl::set(uint32_t number, const Schedule &schedule) {
  for (Command &command : list->commands) {
    command.kernel = number;
    command.groups = groups(schedule);
    command.shared = uint8_t(schedule.shared);
  }
}

FormTrial::FormTrial(std::unique_ptr<Impl> impl) : impl(std::move(impl)) {}
FormTrial::~FormTrial() = default;
FormTrial::FormTrial(FormTrial &&) noexcept = default;

Result<FormTrial> FormTrial::make(Device &device, const CpuBackend &backend,
                                  const CompiledForm &form, const CodeImage &image,
                                  const TrialSizes &sizes) {
  auto impl = std::make_unique<Impl>(device, backend, form, sizes);
  if (auto loaded = impl->load(image); !loaded)
    return failFrom(loaded);
  if (auto allocated = impl->allocate(); !allocated)
    return failFrom(allocated);
  if (auto recorded = impl->record(); !recorded)
    return failFrom(recorded);
  return FormTrial(std::move(impl));
}

size_t FormTrial::dispatches() const { return impl->dispatches; }
int64_t FormTrial::groups(const Schedule &schedule) const { return impl->groups(schedule); }

Result<double> FormTrial::run(uint32_t number, const Schedule &schedule, int repeats) {
  impl->set(number, schedule);
  auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < repeats; ++i)
    if (auto ran = impl->device.run(*impl->list, impl->sizes); !ran)
      return failFrom(ran);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

Result<uint64_t> FormTrial::resultHash(uint32_t number, const Schedule &schedule) {
  std::span result(impl->result->host(), impl->result->bytes());
  std::fill(result.begin(), result.end(), std::byte());
  if (auto ran = run(number, schedule, 1); !ran)
    return failFrom(ran);
  return llvm::xxh3_64bits(
      llvm::ArrayRef(reinterpret_cast<const uint8_t *>(result.data()), result.size()));
}

} // namespace weft::cpu
