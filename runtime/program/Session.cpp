#include "runtime/program/Session.h"

#include "runtime/device/Registry.h"
#include "runtime/program/LoadedProgram.h"
#include "runtime/program/ProgramChoice.h"
#include "runtime/program/SequenceLengths.h"

#include <cassert>
#include <numeric>
#include <vector>

namespace weft {

namespace {

/// The program that a device runs of an artifact, and the entry point that a session calls.
struct Runnable {
  const schema::Program *program = nullptr;
  const schema::Entry *entry = nullptr;
};

Result<Runnable> findRunnable(const schema::Program &program) {
  auto entry = findEntry(program, "forward");
  if (!entry)
    return failFrom(entry);
  return Runnable{&program, *entry};
}

Result<Runnable> findRunnable(const Artifact &artifact, const Device &device, DevicePool &pool) {
  auto program = chooseProgram(artifact, device, pool);
  if (!program)
    return failFrom(program);
  return findRunnable(**program);
}

} // namespace

/// Ports of `forward`, in the order that the verifier holds them to.
enum InputPort { TokensPort, PositionsPort, SequencesPort, RowsPort };

struct Session::Impl {
  const Artifact &artifact;
  Runnable runnable;
  bool usesHostMemory;
  SessionOptions options;
  MemoryUse use;
  std::unique_ptr<LoadedProgram> program;
  SequenceLengths lengths;
};

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
  DevicePool pool(options.threads);
  auto runnable = findRunnable(artifact, *device, pool);
  if (!runnable)
    return failFrom(runnable);
  const auto &[program, entry] = *runnable;
  auto resolved = resolveOptions(artifact.metadata(), options);
  if (!resolved)
    return failFrom(resolved);
  const bool usesHostMemory = device->usesHostMemory();
  auto devices = devicesFor(*program, std::move(device), pool);
  if (!devices)
    return failFrom(devices);
  auto plan = makePlan(artifact.metadata(), *program, *entry, *resolved, devices->memories());
  if (!plan)
    return failFrom(plan);
  MemoryUse use = plan->use();
  auto loaded = LoadedProgram::load(artifact, *program, *entry, *resolved, std::move(*plan),
                                    std::move(*devices));
  if (!loaded)
    return failFrom(loaded);
  return std::unique_ptr<Session>(new Session(std::make_unique<Impl>(
      artifact, *runnable, usesHostMemory, *resolved, use, std::move(*loaded),
      SequenceLengths(*resolved, artifact.metadata().vocabulary()))));
}

Result<std::vector<VariantChoice>> Session::variants(const Artifact &artifact,
                                                     const SessionOptions &options) {
  auto device = makeDevice(options.device, 1);
  if (!device)
    return failFrom(device);
  DevicePool pool(1);
  auto runnable = findRunnable(artifact, **device, pool);
  if (!runnable)
    return failFrom(runnable);
  const auto &[program, entry] = *runnable;
  auto devices = devicesFor(*program, std::move(*device), pool);
  if (!devices)
    return failFrom(devices);
  return knownVariants(artifact, *program, *entry, *devices, options);
}

/// In which memory each part would work; where a device is not there, as if it had one of its own.
static std::vector<unsigned> memoriesOf(const schema::Program &program,
                                        std::unique_ptr<Device> device, DevicePool &pool) {
  if (auto devices = devicesFor(program, std::move(device), pool))
    return devices->memories();
  std::vector<unsigned> memories(1 + partsOf(program).size());
  std::iota(memories.begin(), memories.end(), 0);
  return memories;
}

Result<MemoryUse> Session::memory(const Artifact &artifact, const SessionOptions &options) {
  auto device = makeDevice(options.device, 1);
  if (!device)
    return failFrom(device);
  DevicePool pool(1);
  auto program = chooseProgram(artifact, **device, pool);
  if (!program)
    for (const schema::Program *other : *artifact.metadata().programs())
      if (other->target()->string_view() == (*device)->name() && !program)
        program = other;
  if (!program)
    return failFrom(program);
  auto runnable = findRunnable(**program);
  if (!runnable)
    return failFrom(runnable);
  auto resolved = resolveOptions(artifact.metadata(), options);
  if (!resolved)
    return failFrom(resolved);
  auto plan = makePlan(artifact.metadata(), **program, *runnable->entry, *resolved,
                       memoriesOf(**program, std::move(*device), pool));
  if (!plan)
    return failFrom(plan);
  return plan->use();
}

Result<std::span<const float>> Session::forward(const Batch &batch) {
  return forward(batch, nullptr);
}

Result<std::span<const float>> Session::forwardTimed(const Batch &batch,
                                                     std::vector<StepSpan> &spans) {
  return forward(batch, &spans);
}

Result<std::span<const float>> Session::forward(const Batch &batch, std::vector<StepSpan> *spans) {
  if (auto checked = impl->lengths.check(batch); !checked)
    return failFrom(checked);
  LoadedProgram &program = *impl->program;
  program.setInput(TokensPort, batch.tokens);
  program.setInput(PositionsPort, batch.positions);
  program.setInput(SequencesPort, batch.sequences);
  program.setInput(RowsPort, batch.rows);
  if (auto ran = program.run(batch.tokens.size(), batch.rows.size(), spans); !ran) {
    impl->lengths.drop(batch);
    return failFrom(ran);
  }
  impl->lengths.take(batch);
  auto *logits = reinterpret_cast<const float *>(program.output());
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

bool Session::canFork() const { return impl->program->canCopyStates(); }

Result<void> Session::fork(const Fork &fork) {
  if (auto checked = impl->lengths.check(fork); !checked)
    return checked;
  if (!canFork())
    return fail("the artifact does not say how states lie in memory, so no sequence can be copied; "
                "compile the model again, or use a backend that says it");
  if (fork.from != fork.to) {
    impl->lengths.truncate(fork.to, fork.sharedPrefix);
    if (auto copied = impl->program->copyStates(fork); !copied)
      return copied;
  }
  impl->lengths.set(fork.to, fork.length);
  return {};
}

const SessionOptions &Session::options() const { return impl->options; }
const schema::Program &Session::program() const { return *impl->runnable.program; }
const schema::Entry &Session::entry() const { return *impl->runnable.entry; }
bool Session::usesHostMemory() const { return impl->usesHostMemory; }
uint32_t Session::vocabulary() const { return impl->artifact.metadata().vocabulary(); }
MemoryUse Session::memory() const { return impl->use; }
const std::vector<VariantChoice> &Session::variants() const { return impl->program->variants(); }

} // namespace weft
