// A program with its code and memory on its devices.
#pragma once

#include "runtime/program/Alternatives.h"
#include "runtime/program/Plan.h"
#include "runtime/program/ProgramDevices.h"

#include <chrono>
#include <memory>
#include <span>
#include <vector>

namespace weft {

/// Runs the steps of an entry point. Steps that follow each other on one device are a list of
/// commands; between two devices of different memories it copies the values that the second
/// one reads. Not thread-safe. Allocates nothing after load().
class LoadedProgram {
public:
  /// `options` resolved; the artifact must outlive it. Errors: those of the devices.
  static Result<std::unique_ptr<LoadedProgram>>
  load(const Artifact &artifact, const schema::Program &program, const schema::Entry &entry,
       const SessionOptions &options, Plan plan, ProgramDevices devices);

  /// Sets port `port` of the inputs to as many values.
  void setInput(size_t port, std::span<const int32_t> values);
  /// Runs it for so many tokens and rows, at most what the options say. Adds to `spans`, if
  /// there is such, what every thread did when. Errors: those of a device.
  Result<void> run(uint64_t tokens, uint64_t rows, std::vector<StepSpan> *spans = nullptr);
  /// The first output, after a run.
  const std::byte *output() const { return result->host(); }

  /// Whether every state says how it lies in memory.
  bool canCopyStates() const;
  /// Copies positions of one sequence to another in all states, in whole groups of
  /// WEFT_CONTEXT_MULTIPLE: from that of `fork.sharedPrefix` to that of `fork.length`. Errors:
  /// those of a device.
  Result<void> copyStates(const Fork &fork);

  /// What runs for variants with alternatives.
  const std::vector<VariantChoice> &variants() const { return choices; }

  /// Of the artifact's table; nullptr where the program has none of that number.
  struct State {
    std::unique_ptr<Buffer> buffer;
    Device *device = nullptr;
  };
  const std::vector<State> &allStates() const { return states; }

private:
  /// One of the memories.
  struct Memory {
    Device *device = nullptr;                     // one of those that work in it
    std::vector<std::unique_ptr<Buffer>> weights; // of each range of the plan
    std::unique_ptr<Buffer> arena;
    std::vector<std::unique_ptr<Buffer>> inputs, outputs;
  };
  /// A value that another memory has to have first.
  struct Copy {
    Buffer *from, *to;
    uint64_t offset;
    const schema::Size *size; // at the sizes of the call
  };
  /// Steps of one part that follow each other.
  struct Run {
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
  Result<void> record(Run &run, std::span<const schema::Step *const> steps);
  void findCopies();
  Result<void> chooseVariants();
  Result<bool> measure(unsigned part, const std::vector<VariantGroup> &groups,
                       std::span<VariantChoice> choices);
  void take(const VariantGroup &group, size_t alternative);
  friend class GroupTrial;

  Result<BufferView> resolve(const schema::Binding &binding, unsigned memory) const;
  Buffer *bufferOf(const schema::Binding &binding, unsigned memory) const;
  void setSizes(uint64_t tokens, uint64_t rows);
  Result<void> runTimed(const Run &run, std::span<const int64_t, WEFT_SIZE_COUNT> sizes,
                        std::chrono::steady_clock::time_point start, std::vector<StepSpan> &spans);
  void setSizes(Command &command, uint32_t step, uint64_t tokens, uint64_t rows);

  // What devices made goes before them.
  ProgramDevices devices;
  const Artifact &artifact;
  const schema::Program &program;
  const schema::Entry &entry;
  const SessionOptions options;
  const Plan plan;
  std::vector<Memory> memories;
  std::vector<State> states;
  std::vector<std::unique_ptr<Executable>> executables; // of each part
  /// Of each kernel, its number in the executable of its part.
  std::vector<uint32_t> kernelNumbers;
  std::vector<Run> runs;
  /// Of each variant of each step, the kernel that runs.
  std::vector<std::vector<uint32_t>> kernels;
  std::vector<VariantChoice> choices;
  /// The first output, in the memory where it is computed.
  Buffer *result = nullptr;
  /// Sizes that the commands are set to; none at first.
  uint64_t listTokens = 0, listRows = 0;
};

/// What a load with these options would choose, as far as that is known without measuring.
std::vector<VariantChoice> knownVariants(const Artifact &artifact, const schema::Program &program,
                                         const schema::Entry &entry, const ProgramDevices &devices,
                                         const SessionOptions &options);

} // namespace weft
