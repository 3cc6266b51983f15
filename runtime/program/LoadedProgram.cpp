#include "runtime/program/LoadedProgram.h"

#include "runtime/base/Checked.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <map>
#include <tuple>

namespace weft {

using schema::Space;
using schema::Symbol;

Result<std::unique_ptr<LoadedProgram>> LoadedProgram::load(const Artifact &artifact,
                                                           const schema::Program &program,
                                                           const schema::Entry &entry,
                                                           const SessionOptions &options, Plan plan,
                                                           ProgramDevices devices) {
  std::unique_ptr<LoadedProgram> loaded(
      new LoadedProgram(artifact, program, entry, options, std::move(plan), std::move(devices)));
  using Step = Result<void> (LoadedProgram::*)();
  for (Step step : {Step(&LoadedProgram::allocate), Step(&LoadedProgram::loadCode),
                    Step(&LoadedProgram::record), Step(&LoadedProgram::chooseVariants)})
    if (auto done = (*loaded.*step)(); !done)
      return failFrom(done);
  loaded->findCopies();
  return loaded;
}

static Result<void> allocateAll(Device &device, const std::vector<uint64_t> &sizes,
                                std::vector<std::unique_ptr<Buffer>> &to) {
  for (uint64_t bytes : sizes) {
    auto buffer = device.allocate(bytes, Reach::Host);
    if (!buffer)
      return failFrom(buffer);
    if (!(*buffer)->host())
      return fail(fmt::format("device '{}' keeps a buffer that was asked for within reach of the "
                              "host where the host cannot reach it",
                              device.name()));
    to.push_back(std::move(*buffer));
  }
  return {};
}

Result<void> LoadedProgram::allocate(unsigned number) {
  Memory &memory = memories[number];
  for (const WeightRange &range : plan.weights[number]) {
    auto bytes = artifact.weights().subspan(range.begin, range.end - range.begin);
    auto imported = memory.device->import(bytes);
    if (!imported)
      return failFrom(imported);
    memory.weights.push_back(std::move(*imported));
  }
  // Between memories, values go through the host.
  auto made =
      memory.device->allocate(plan.arena, memories.size() > 1 ? Reach::Host : Reach::Kernels);
  if (!made)
    return failFrom(made);
  memory.arena = std::move(*made);
  if (auto all = allocateAll(*memory.device, plan.inputs, memory.inputs); !all)
    return all;
  return allocateAll(*memory.device, plan.outputs, memory.outputs);
}

Result<void> LoadedProgram::allocate() {
  memories.resize(plan.memories);
  for (size_t part = 0; part < devices.ofPart.size(); ++part)
    if (Memory &memory = memories[plan.memoryOf[part]]; !memory.device)
      memory.device = devices.ofPart[part].get();
  for (unsigned i = 0; i < memories.size(); ++i)
    if (auto done = allocate(i); !done)
      return done;
  states.resize(plan.states.size());
  for (const schema::Step *step : *entry.steps())
    for (const schema::Binding *binding : *step->bindings()) {
      if (binding->space() != Space::State || states[binding->index()].buffer)
        continue;
      State &state = states[binding->index()];
      state.device = devices.ofPart[partOf(program, *step)].get();
      auto made = state.device->allocate(plan.states[binding->index()], Reach::Kernels);
      if (!made)
        return failFrom(made);
      state.buffer = std::move(*made);
    }
  result = memories.front().outputs.front().get();
  return {};
}

/// Each device gets the kernels of its part, in order.
Result<void> LoadedProgram::loadCode() {
  const auto parts = partsOf(program);
  for (unsigned part = 0; part < devices.ofPart.size(); ++part) {
    std::vector<KernelEntry> kernels;
    for (const schema::Kernel *kernel : *program.kernels())
      if (kernel->part() == part)
        kernels.push_back({kernel->name()->string_view(), kernel->entry()});
    const schema::Segment *code = part ? parts[part - 1]->code() : program.code();
    auto loaded = devices.ofPart[part]->load(artifact.segment(*code), kernels);
    if (!loaded)
      return failFrom(loaded);
    executables.push_back(std::move(*loaded));
  }
  std::vector<uint32_t> counts(devices.ofPart.size());
  for (const schema::Kernel *kernel : *program.kernels())
    kernelNumbers.push_back(counts[kernel->part()]++);
  return {};
}

Buffer *LoadedProgram::bufferOf(const schema::Binding &binding, unsigned number) const {
  const Memory &memory = memories[number];
  switch (binding.space()) {
  case Space::Arena:
    return memory.arena.get();
  case Space::Input:
    return memory.inputs[binding.index()].get();
  case Space::Output:
    return memory.outputs[binding.index()].get();
  case Space::State:
    return states[binding.index()].buffer.get();
  case Space::Parameter:
    break;
  }
  return nullptr;
}

Result<BufferView> LoadedProgram::resolve(const schema::Binding &binding, unsigned memory) const {
  auto offset = evaluate(*binding.offset(), sizesOf(options));
  auto bytes = evaluate(*binding.size(), sizesOf(options));
  if (!offset || !bytes)
    return failFrom(offset ? bytes : offset);
  if (binding.space() != Space::Parameter)
    return BufferView{bufferOf(binding, memory), *offset, *bytes};
  const uint64_t begin = artifact.metadata().parameters()->Get(binding.index())->offset();
  const auto &ranges = plan.weights[memory];
  auto after = std::ranges::upper_bound(ranges, begin, {}, &WeightRange::begin);
  const size_t range = size_t(after - ranges.begin()) - 1; // The plan has one for every binding.
  return BufferView{memories[memory].weights[range].get(), begin - ranges[range].begin, *bytes};
}

Result<void> LoadedProgram::record(Section &section, std::span<const schema::Step *const> steps) {
  std::vector<Command> commands;
  std::vector<BufferView> bindings;
  for (const schema::Step *step : steps) {
    commands.push_back({.kernel = kernelNumbers[step->variants()->Get(0)->kernel()],
                        .firstBinding = uint32_t(bindings.size()),
                        .bindingCount = step->bindings()->size(),
                        .groups = 0,
                        .barrier = step->barrier()});
    for (const schema::Binding *binding : *step->bindings()) {
      auto view = resolve(*binding, plan.memoryOf[section.part]);
      if (!view)
        return fail(
            fmt::format("step '{}': {}", step->name()->string_view(), view.error().message));
      bindings.push_back(*view);
    }
  }
  auto recorded = devices.ofPart[section.part]->record(*executables[section.part],
                                                       std::move(commands), bindings);
  if (!recorded)
    return failFrom(recorded);
  section.list = std::move(*recorded);
  return {};
}

Result<void> LoadedProgram::record() {
  std::vector<const schema::Step *> steps(entry.steps()->begin(), entry.steps()->end());
  for (const schema::Step *step : steps) {
    kernels.emplace_back();
    for (const schema::Variant *variant : *step->variants())
      kernels.back().push_back(variant->kernel());
  }
  for (uint32_t first = 0; first < steps.size();) {
    Section &section = sections.emplace_back();
    section.part = partOf(program, *steps[first]);
    section.first = first;
    uint32_t end = first;
    while (end < steps.size() && partOf(program, *steps[end]) == section.part)
      ++end;
    if (auto recorded = record(section, std::span(steps).subspan(first, end - first)); !recorded)
      return recorded;
    first = end;
  }
  return {};
}

/// Follows the values of the arena and the outputs through the steps: each is in the memories
/// of those who wrote or read it since it was last written.
void LoadedProgram::findCopies() {
  using Value = std::tuple<Space, uint32_t, uint64_t, uint64_t, uint64_t>;
  std::map<Value, std::vector<bool>> presentIn;
  for (Section &section : sections) {
    const unsigned memory = plan.memoryOf[section.part];
    for (uint32_t i = 0; i < section.list->commands.size(); ++i) {
      const schema::Step &step = *entry.steps()->Get(section.first + i);
      const uint32_t operands = step.bindings()->size() - step.results();
      for (uint32_t b = 0; b < step.bindings()->size(); ++b) {
        const schema::Binding &binding = *step.bindings()->Get(b);
        if (binding.space() != Space::Arena && binding.space() != Space::Output)
          continue;
        const schema::Size &offset = *binding.offset();
        auto &holders = presentIn[{binding.space(), binding.index(), offset.constant(),
                                   offset.perToken(), offset.perRow()}];
        holders.resize(memories.size());
        auto holder = std::find(holders.begin(), holders.end(), true);
        if (b >= operands)
          holders.assign(memories.size(), false);
        else if (holder != holders.end() && !holders[memory])
          section.copies.push_back({bufferOf(binding, unsigned(holder - holders.begin())),
                                    bufferOf(binding, memory), *evaluate(offset, sizesOf(options)),
                                    binding.size()});
        holders[memory] = true;
        if (b >= operands && binding.space() == Space::Output && binding.index() == 0)
          result = bufferOf(binding, memory);
      }
    }
  }
}

/// Takes the variant of a step, and its workgroups, for one call.
void LoadedProgram::setSizes(Command &command, uint32_t number, uint64_t tokens, uint64_t rows) {
  const schema::Step &step = *entry.steps()->Get(number);
  auto valueOf = [&](Symbol symbol) -> uint64_t {
    return symbol == Symbol::Tokens ? tokens : symbol == Symbol::Rows ? rows : 1;
  };
  uint64_t value = valueOf(step.symbol());
  if (value == 0) {
    command.groups = 0;
    return;
  }
  uint32_t v = 0;
  while (step.variants()->Get(v)->most() != 0 && step.variants()->Get(v)->most() < value)
    ++v;
  const schema::Variant &variant = *step.variants()->Get(v);
  const schema::Grid &grid = *variant.grid();
  command.kernel = kernelNumbers[kernels[number][v]];
  command.shared = variant.shared();
  command.groups = int64_t(grid.count() * ceilDivide(valueOf(grid.symbol()), grid.tile()));
}

void LoadedProgram::setSizes(uint64_t tokens, uint64_t rows) {
  if (tokens == listTokens && rows == listRows)
    return;
  listTokens = tokens;
  listRows = rows;
  for (Section &section : sections)
    for (uint32_t i = 0; i < section.list->commands.size(); ++i)
      setSizes(section.list->commands[i], section.first + i, tokens, rows);
}

void LoadedProgram::setInput(size_t port, std::span<const int32_t> values) {
  if (!values.empty())
    for (Memory &memory : memories)
      std::memcpy(memory.inputs[port]->host(), values.data(), values.size_bytes());
}

Result<void> LoadedProgram::runTimed(const Section &section,
                                     std::span<const int64_t, WEFT_SIZE_COUNT> sizes,
                                     std::chrono::steady_clock::time_point start,
                                     std::vector<StepSpan> &spans) {
  using std::chrono::nanoseconds;
  const nanoseconds before = std::chrono::steady_clock::now() - start;
  std::vector<CommandSpan> ofCommands;
  if (auto ran = devices.ofPart[section.part]->runTimed(*section.list, sizes, ofCommands); !ran)
    return ran;
  std::vector<uint32_t> kernelsOfPart; // of the program, by their number in the part
  for (uint32_t kernel = 0; kernel < program.kernels()->size(); ++kernel)
    if (program.kernels()->Get(kernel)->part() == section.part)
      kernelsOfPart.push_back(kernel);
  for (const CommandSpan &span : ofCommands)
    spans.push_back({section.first + span.command,
                     kernelsOfPart[section.list->commands[span.command].kernel], span.thread,
                     before.count() + span.begin, before.count() + span.end});
  return {};
}

Result<void> LoadedProgram::run(uint64_t tokens, uint64_t rows, std::vector<StepSpan> *spans) {
  const auto start =
      spans ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point();
  setSizes(tokens, rows);
  const Sizes most = sizesOf(options);
  int64_t sizes[WEFT_SIZE_COUNT];
  sizes[WEFT_TOKENS] = int64_t(tokens);
  sizes[WEFT_ROWS] = int64_t(rows);
  sizes[WEFT_CONTEXT] = int64_t(most.context);
  sizes[WEFT_SEQUENCES] = int64_t(most.sequences);
  for (const Section &section : sections) {
    for (const Copy &copy : section.copies)
      std::memcpy(copy.to->host() + copy.offset, copy.from->host() + copy.offset,
                  *evaluate(*copy.size, {tokens, rows, most.context, most.sequences}));
    if (auto ran = spans ? runTimed(section, sizes, start, *spans)
                         : devices.ofPart[section.part]->run(*section.list, sizes);
        !ran)
      return ran;
  }
  return {};
}

} // namespace weft
