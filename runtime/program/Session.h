// A loaded model: the entry point `forward` of an artifact, with its memory.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/device/Device.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weft {

/// How to choose between alternatives of a kernel. All alternatives give the same bits.
struct VariantOptions {
  /// Whether to measure the alternatives at load, on the model's weights, for at most `seconds` in
  /// total. The result is stored in `folder` and used by later loads. If false, the artifact's
  /// preference for this device is used.
  bool measure = true;
  double seconds = 0.1;
  /// Alternatives are not measured if the model reads fewer bytes of weights than this for a token.
  uint64_t leastBytes = uint64_t(16) << 20;
  /// Where measured choices are stored; "": cacheFolder() (runtime/base/CacheFolder.h).
  std::string folder;
  /// Uses alternative `take` (modulo their number) for every variant; for tests and comparisons.
  std::optional<unsigned> take;
};

/// Which kernel runs for a group of variants with the same alternatives.
struct VariantChoice {
  /// The kernel of the first variant: "linear_1".
  std::string name;
  /// The suffix of each alternative's name; "" is the kernel itself.
  std::vector<std::string> alternatives;
  size_t chosen = 0; // index into alternatives
  enum class Reason : uint8_t {
    Favored,  // nothing was measured: the artifact's preference for this device, or the default
    Asked,    // VariantOptions::take
    Measured, // measured in this load
    Recalled, // measured in an earlier load
  } reason = Reason::Favored;
  /// The fraction of the favored alternative's time that the chosen one saved when measured.
  double gain = 0;

  /// Returns the name of the kernel that runs.
  std::string kernel() const { return name + alternatives[chosen]; }
};

/// The device and the sizes of a session.
struct SessionOptions {
  /// A name for makeDevice() (runtime/device/Registry.h).
  std::string device = "cpu";
  /// 0: one for each processor available to this process.
  unsigned threads = 0;
  /// The most positions of a sequence, at most the model's own limit. 0: that limit, but at most
  /// 4096.
  uint64_t context = 0;
  uint64_t sequences = 1;
  /// The most tokens and the most logit rows of one call; the caller has to split longer prompts.
  /// `tokens` is lowered to context * sequences if it exceeds that.
  uint64_t tokens = 512;
  uint64_t rows = 1;
  VariantOptions variants = {};
};

/// A ragged batch: n >= 1 tokens of any number of sequences. The first three arrays have n values.
/// The first position of a sequence in a batch is at most its current length, and its other
/// positions follow in order; tokens of other sequences may be in between. A position below the
/// current length overwrites, so rolling back needs no call.
struct Batch {
  std::span<const int32_t> tokens;
  std::span<const int32_t> positions;
  std::span<const int32_t> sequences;
  /// The m indices into `tokens` whose logits are wanted; may be empty.
  std::span<const int32_t> rows;
};

/// When one thread worked on one step of a call, on all of its workgroups or some.
struct StepSpan {
  /// The step's index in its entry point, and the index in the program of the kernel that ran.
  uint32_t step = 0, kernel = 0;
  /// The thread, as in CommandSpan::thread.
  uint32_t thread = 0;
  /// When the thread began and ended, in nanoseconds since the first step began.
  int64_t begin = 0, end = 0;
};

/// Copies the beginning of sequence `from` to sequence `to`.
struct Fork {
  uint64_t from = 0, to = 0;
  /// The length of `to` afterwards; at most the length of `from`.
  uint64_t length = 0;
  /// Length of the prefix that both sequences already share; it is not copied.
  uint64_t sharedPrefix = 0;
};

/// The memory of a session, in bytes.
struct MemoryUse {
  uint64_t weights = 0;
  uint64_t states = 0;
  uint64_t arena = 0;
  uint64_t inputsAndOutputs = 0;
  uint64_t code = 0;
  uint64_t total() const { return weights + states + arena + inputsAndOutputs + code; }
};

/// A loaded model with its memory. Not thread-safe. Allocates nothing after open(), except in
/// forwardTimed().
class Session {
public:
  /// Loads the artifact's program that uses most of this machine's instruction-set extensions. The
  /// artifact must outlive the session. Errors: no program fits (the message says what the programs
  /// need that the machine lacks), sizes out of range, out of memory.
  static Result<std::unique_ptr<Session>> open(const Artifact &artifact,
                                               const SessionOptions &options);
  /// Loads as above on `device`; `options.device` and `options.threads` are ignored.
  static Result<std::unique_ptr<Session>>
  open(const Artifact &artifact, const SessionOptions &options, std::unique_ptr<Device> device);
  /// Returns the memory that open() would allocate, without allocating it. If no program fits this
  /// machine, returns what the first program for the device would need.
  static Result<MemoryUse> memory(const Artifact &artifact, const SessionOptions &options);
  /// Returns which alternatives open() would use, as far as that is known without measuring.
  /// Errors: no program fits this machine.
  static Result<std::vector<VariantChoice>> variants(const Artifact &artifact,
                                                     const SessionOptions &options);

  ~Session();

  /// Runs the model on `batch`. Returns logits [rows.size(), vocabulary], row-major, valid until
  /// the next call. Errors: a token id outside the vocabulary, a position that is not contiguous or
  /// exceeds the context, a sequence or row out of range, or more tokens or rows than the options
  /// allow; after these nothing has changed. If the device fails, each sequence of the batch is cut
  /// to the positions before the batch.
  Result<std::span<const float>> forward(const Batch &batch);
  /// Does what forward() does, and appends to `spans` when every thread worked on what. Allocates,
  /// and is a little slower. Errors: those of forward(); a device has no clock.
  Result<std::span<const float>> forwardTimed(const Batch &batch, std::vector<StepSpan> &spans);

  /// Returns the number of tokens of `sequence`, which must be below options().sequences.
  uint64_t length(uint64_t sequence) const;
  /// Forgets the positions of `sequence` from `length` on; does nothing if it is not longer.
  void truncate(uint64_t sequence, uint64_t length);

  /// Says whether fork() works: old artifacts do not describe the layout of their states.
  bool canFork() const;
  /// Makes sequence `to` begin as the first `length` positions of `from`; its own tokens are
  /// forgotten. Afterwards both sequences are independent, with the same bits as if the tokens had
  /// been run again. Errors: canFork() is false, a sequence is out of range, `length` exceeds the
  /// length of `from`, or `sharedPrefix` that of `to`; after these nothing has changed. If the
  /// device fails, `to` keeps `sharedPrefix` positions.
  Result<void> fork(const Fork &fork);

  /// Returns the options with defaults filled in.
  const SessionOptions &options() const;
  /// Returns the memory that this session allocated.
  MemoryUse memory() const;
  /// Returns which kernels run for variants with alternatives; empty if there are none.
  const std::vector<VariantChoice> &variants() const;
  uint32_t vocabulary() const;
  /// The program of the artifact that runs, and its entry point.
  const schema::Program &program() const;
  const schema::Entry &entry() const;
  /// Whether the first device of the program computes in the memory of this process.
  bool usesHostMemory() const;

private:
  struct Impl;
  Result<std::span<const float>> forward(const Batch &batch, std::vector<StepSpan> *spans);
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

} // namespace weft
