#include "runtime/program/Session.h"

#include "runtime/artifact/Checked.h"
#include "runtime/device/Registry.h"
#include "runtime/program/Plan.h"
#include "runtime/program/ProgramChoice.h"
#include "runtime/program/SequenceLengths.h"

#include <cassert>
#include <cstring>
#include <fmt/format.h>
#include <vector>

namespace weft {

using schema::Space;
using schema::Symbol;
using Buffers = std::vector<std::unique_ptr<Buffer>>;

/// Ports of `forward`, in the order that the verifier holds them to.
enum InputPort { TokensPort, PositionsPort, SequencesPort, RowsPort };

struct Session::Impl {
  // Buffers, executable and list go before the device that made them.
  std::unique_ptr<Device> device;
  const Artifact &artifact;
  const schema::Program &program;
  const schema::Entry &entry;
  SessionOptions options;
  Plan plan;

  std::unique_ptr<Buffer> weights;
  std::unique_ptr<Buffer> arena;
  Buffers states;
  Buffers inputs;
  Buffers outputs;
  std::unique_ptr<Executable> executable;
  std::unique_ptr<CommandList> list;
  SequenceLengths lengths;
  /// Sizes that the commands are set to; none at first.
  size_t listTokens = 0;
  size_t listRows = 0;

  Impl(std::unique_ptr<Device> device, const Artifact &artifact, const schema::Program &program,
       const schema::Entry &entry, const SessionOptions &options, Plan plan)
      : device(std::move(device)), artifact(artifact), program(program), entry(entry),
        options(options), plan(std::move(plan)),
        lengths(options, artifact.metadata().vocabulary()) {}

  Result<void> allocate();
  Result<void> loadCode();
  Result<void> record();
  Result<BufferView> resolve(const schema::Binding &binding) const;
  void setSizes(uint64_t tokens, uint64_t rows);
};

static Result<void> allocateAll(Device &device, const std::vector<uint64_t> &sizes, Buffers &to) {
  for (uint64_t bytes : sizes) {
    auto buffer = device.allocate(bytes);
    if (!buffer)
      return failFrom(buffer);
    to.push_back(std::move(*buffer));
  }
  return {};
}

Result<void> Session::Impl::allocate() {
  auto imported = device->import(artifact.weights());
  if (!imported)
    return failFrom(imported);
  weights = std::move(*imported);
  auto made = device->allocate(plan.arena);
  if (!made)
    return failFrom(made);
  arena = std::move(*made);
  if (auto all = allocateAll(*device, plan.states, states); !all)
    return all;
  if (auto all = allocateAll(*device, plan.inputs, inputs); !all)
    return all;
  if (auto all = allocateAll(*device, plan.outputs, outputs); !all)
    return all;
  for (const Buffers *ports : {&inputs, &outputs})
    for (const auto &port : *ports)
      if (!port->host())
        return fail(fmt::format("device '{}' keeps inputs or outputs where the host cannot reach "
                                "them",
                                device->name()));
  return {};
}

Result<void> Session::Impl::loadCode() {
  std::vector<KernelEntry> kernels;
  for (const schema::Kernel *kernel : *program.kernels())
    kernels.push_back({kernel->name()->string_view(), kernel->entry()});
  auto loaded = device->load(artifact.segment(*program.code()), kernels);
  if (!loaded)
    return failFrom(loaded);
  executable = std::move(*loaded);
  return {};
}

Result<BufferView> Session::Impl::resolve(const schema::Binding &binding) const {
  auto offset = evaluate(*binding.offset(), sizesOf(options));
  auto bytes = evaluate(*binding.size(), sizesOf(options));
  if (!offset || !bytes)
    return failFrom(offset ? bytes : offset);
  switch (binding.space()) {
  case Space::Arena:
    return BufferView{arena.get(), *offset, *bytes};
  case Space::Parameter:
    return BufferView{weights.get(),
                      artifact.metadata().parameters()->Get(binding.index())->offset(), *bytes};
  case Space::State:
    return BufferView{states[binding.index()].get(), 0, *bytes};
  case Space::Input:
    return BufferView{inputs[binding.index()].get(), 0, *bytes};
  case Space::Output:
    return BufferView{outputs[binding.index()].get(), 0, *bytes};
  }
  return fail("a binding in no space"); // The verifier leaves none.
}

Result<void> Session::Impl::record() {
  std::vector<Command> commands;
  std::vector<BufferView> bindings;
  for (const schema::Step *step : *entry.steps()) {
    commands.push_back({.kernel = step->variants()->Get(0)->kernel(),
                        .firstBinding = uint32_t(bindings.size()),
                        .bindingCount = step->bindings()->size(),
                        .groups = 0,
                        .barrier = step->barrier()});
    for (const schema::Binding *binding : *step->bindings()) {
      auto view = resolve(*binding);
      if (!view)
        return fail(
            fmt::format("step '{}': {}", step->name()->string_view(), view.error().message));
      bindings.push_back(*view);
    }
  }
  auto recorded = device->record(*executable, std::move(commands), bindings);
  if (!recorded)
    return failFrom(recorded);
  list = std::move(*recorded);
  return {};
}

/// Takes the variant of every step, and its workgroups, for one call.
void Session::Impl::setSizes(uint64_t tokens, uint64_t rows) {
  if (tokens == listTokens && rows == listRows)
    return;
  listTokens = tokens;
  listRows = rows;
  auto valueOf = [&](Symbol symbol) -> uint64_t {
    return symbol == Symbol::Tokens ? tokens : symbol == Symbol::Rows ? rows : 1;
  };
  for (uint32_t i = 0; i < entry.steps()->size(); ++i) {
    const schema::Step &step = *entry.steps()->Get(i);
    Command &command = list->commands[i];
    uint64_t value = valueOf(step.symbol());
    if (value == 0) {
      command.groups = 0;
      continue;
    }
    uint32_t v = 0;
    while (step.variants()->Get(v)->most() != 0 && step.variants()->Get(v)->most() < value)
      ++v;
    const schema::Variant &variant = *step.variants()->Get(v);
    const schema::Grid &grid = *variant.grid();
    command.kernel = variant.kernel();
    command.shared = variant.shared();
    command.groups = int64_t(grid.count() * ceilDivide(valueOf(grid.symbol()), grid.tile()));
  }
}

Session::Session(std::unique_ptr<Impl> impl) : impl(std::move(impl)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(const Artifact &artifact,
                                               const SessionOptions &options) {
  auto device = makeDevice(options.device, options.threads);
  if (!device)
    return failFrom(device);
  return open(artifact, options, std::move(*device));
}

Result<std::unique_ptr<Session>> Session::open(const Artifact &artifact,
                                               const SessionOptions &options,
                                               std::unique_ptr<Device> device) {
  auto program = chooseProgram(artifact, *device);
  if (!program)
    return failFrom(program);
  auto entry = findEntry(**program, "forward");
  if (!entry)
    return failFrom(entry);
  auto resolved = resolveOptions(artifact.metadata(), options);
  if (!resolved)
    return failFrom(resolved);
  auto plan = makePlan(artifact.metadata(), **program, **entry, *resolved);
  if (!plan)
    return failFrom(plan);
  auto impl = std::make_unique<Impl>(std::move(device), artifact, **program, **entry, *resolved,
                                     std::move(*plan));
  for (auto part : {&Impl::allocate, &Impl::loadCode, &Impl::record})
    if (auto done = ((*impl).*part)(); !done)
      return failFrom(done);
  return std::unique_ptr<Session>(new Session(std::move(impl)));
}

Result<MemoryUse> Session::memory(const Artifact &artifact, const SessionOptions &options) {
  auto device = makeDevice(options.device, 1);
  if (!device)
    return failFrom(device);
  auto program = chooseProgram(artifact, **device);
  if (!program)
    for (const schema::Program *other : *artifact.metadata().programs())
      if (other->target()->string_view() == (*device)->name() && !program)
        program = other;
  if (!program)
    return failFrom(program);
  auto entry = findEntry(**program, "forward");
  if (!entry)
    return failFrom(entry);
  auto resolved = resolveOptions(artifact.metadata(), options);
  if (!resolved)
    return failFrom(resolved);
  auto plan = makePlan(artifact.metadata(), **program, **entry, *resolved);
  if (!plan)
    return failFrom(plan);
  return plan->use();
}

static void fill(Buffer &port, std::span<const int32_t> values) {
  if (!values.empty())
    std::memcpy(port.host(), values.data(), values.size_bytes());
}

Result<std::span<const float>> Session::forward(const Batch &batch) {
  if (auto checked = impl->lengths.check(batch); !checked)
    return failFrom(checked);
  fill(*impl->inputs[TokensPort], batch.tokens);
  fill(*impl->inputs[PositionsPort], batch.positions);
  fill(*impl->inputs[SequencesPort], batch.sequences);
  fill(*impl->inputs[RowsPort], batch.rows);
  impl->setSizes(batch.tokens.size(), batch.rows.size());

  int64_t sizes[WEFT_SIZE_COUNT];
  sizes[WEFT_TOKENS] = int64_t(batch.tokens.size());
  sizes[WEFT_ROWS] = int64_t(batch.rows.size());
  sizes[WEFT_CONTEXT] = int64_t(sizesOf(impl->options).context);
  sizes[WEFT_SEQUENCES] = int64_t(impl->options.sequences);
  if (auto ran = impl->device->run(*impl->list, sizes); !ran) {
    impl->lengths.drop(batch);
    return failFrom(ran);
  }
  impl->lengths.take(batch);
  auto *logits = reinterpret_cast<const float *>(impl->outputs[0]->host());
  return std::span(logits, batch.rows.size() * vocabulary());
}

uint64_t Session::length(uint64_t sequence) const {
  assert(sequence < impl->options.sequences);
  return impl->lengths.length(sequence);
}

void Session::truncate(uint64_t sequence, uint64_t length) {
  assert(sequence < impl->options.sequences);
  impl->lengths.truncate(sequence, length);
}

const SessionOptions &Session::options() const { return impl->options; }
uint32_t Session::vocabulary() const { return impl->artifact.metadata().vocabulary(); }
MemoryUse Session::memory() const { return impl->plan.use(); }

} // namespace weft
