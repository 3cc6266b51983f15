// A program loaded on its devices: code, weights and memory.
#pragma once

#include "runtime/program/Alternatives.h"
#include "runtime/program/Plan.h"
#include "runtime/program/ProgramDevices.h"

#include <chrono>
#include <memory>
#include <span>
#include <vector>

namespace weft {

/// Runs the steps of an entry point. Consecutive steps on one device form a command list; between
/// devices with separate memories it copies the values that the second one reads. Not thread-safe.
/// Allocates nothing after load(), except for timing.
class LoadedProgram {
public:
  /// Loads a program. `options` must come from resolveOptions(); the artifact must outlive the
  /// result. Errors are those of the devices.
  static Result<std::unique_ptr<LoadedProgram>>
  load(const Artifact &artifact, const schema::Program &program, const schema::Entry &entry,
       const SessionOptions &options, Plan plan, ProgramDevices devices);

  /// Sets the input port `port` to `values`.
  void setInput(size_t port, std::span<const int32_t> values);
  /// Runs all steps for `tokens` tokens and `rows` logit rows, at most as many as the options
  /// allow. If `spans` is not null, appends when every thread worked on what. Errors are those of a
  /// device.
  Result<void> run(uint64_t tokens, uint64_t rows, std::vector<StepSpan> *spans = nullptr);
  /// Returns the first output of the last run.
  const std::byte *output() const { return result->host(); }

  /// Says whether copyStates() works: whether the artifact describes the layout of every state.
  bool canCopyStates() const;
  /// Copies positions of one sequence to another in all states, in whole pages
  /// (WEFT_CONTEXT_MULTIPLE positions): from the page of `fork.sharedPrefix` to that of
  /// `fork.length`. Errors are those of a device.
  Result<void> copyStates(const Fork &fork);

  /// Returns which kernels run for variants with alternatives.
  const std::vector<VariantChoice> &variants() const { return choices; }

  /// The memory of one state of the artifact; `buffer` is null if the program does not use the
  /// state.
  struct State {
    std::unique_ptr<Buffer> buffer;
    Device *device = nullptr;
  };
  const std::vector<State> &allStates() const { return states; }

private:
  /// Buffers in one memory. Devices that use host memory share one memory.
  struct Memory {
    Device *device = nullptr;                     // one of the devices that use this memory
    std::vector<std::unique_ptr<Buffer>> weights; // one for each WeightRange
    std::unique_ptr<Buffer> arena;
    std::vector<std::unique_ptr<Buffer>> inputs, outputs;
  };
  /// A value that is copied to another memory before a step reads it.
  struct Copy {
    Buffer *from, *to;
    uint64_t offset;
    const schema::Size *size; // evaluated for each call
  };
  /// Consecutive steps on one device.
  struct Section {
    unsigned part = 0;
    uint32_t first = 0;
    std::vector<Copy> copies;
    std::unique_ptr<CommandList> list;
  };

  LoadedProgram(const Artifact &artifact, const schema::Program &program,
                const schema::Entry &entry, const SessionOptions &options, Plan plan,
                ProgramDevices devices)
      : devices(std::move(devices)), artifact(artifact), program(program), entry(entry),
        options(options), plan(std::move(plan)) {}

  Result<void> allocate();
  Result<void> allocate(unsigned memory);
  Result<void> loadCode();
  Result<void> copyState(uint32_t number, const Fork &fork);
  Result<void> record();
  Result<void> record(Section &section, std::span<const schema::Step *const> steps);
  void findCopies();
  Result<void> chooseVariants();
  Result<bool> measure(unsigned part, const std::vector<VariantGroup> &groups,
                       std::span<VariantChoice> choices);
  void take(const VariantGroup &group, size_t alternative);
  friend class GroupTrial;

  Result<BufferView> resolve(const schema::Binding &binding, unsigned memory) const;
  Buffer *bufferOf(const schema::Binding &binding, unsigned memory) const;
  void setSizes(uint64_t tokens, uint64_t rows);
  Result<void> runTimed(const Section &section, std::span<const int64_t, WEFT_SIZE_COUNT> sizes,
                        std::chrono::steady_clock::time_point start, std::vector<StepSpan> &spans);
  void setSizes(Command &command, uint32_t step, uint64_t tokens, uint64_t rows);

  // First, so that the devices outlive the buffers and executables that they made.
  ProgramDevices devices;
  const Artifact &artifact;
  const schema::Program &program;
  const schema::Entry &entry;
  const SessionOptions options;
  const Plan plan;
  std::vector<Memory> memories;
  std::vector<State> states;
  std::vector<std::unique_ptr<Executable>> executables; // one for each part
  /// Indexed by kernel: its number in the executable of its part.
  std::vector<uint32_t> kernelNumbers;
  std::vector<Section> sections;
  /// Indexed by step and variant: the kernel that runs.
  std::vector<std::vector<uint32_t>> kernels;
  std::vector<VariantChoice> choices;
  /// The first output, in the memory in which it is computed.
  Buffer *result = nullptr;
  /// The sizes that the commands are set for; 0 before the first run.
  uint64_t listTokens = 0, listRows = 0;
};

/// Returns what a load with these options would choose, as far as that is known without measuring.
std::vector<VariantChoice> knownVariants(const Artifact &artifact, const schema::Program &program,
                                         const schema::Entry &entry, const ProgramDevices &devices,
                                         const SessionOptions &options);

} // namespace weft
