// A model ready to run: the entry point `forward` of an artifact, with its memory.
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

/// How it is chosen what runs where a kernel has alternatives, which all give the same bits.
struct VariantOptions {
  /// Whether to measure them at load, on the weights of the model, for `seconds` in all; and to
  /// keep what was chosen in `folder`, and not to measure again where it is there. Otherwise what
  /// the artifact says of such a device.
  bool measure = true;
  double seconds = 0.03;
  /// Weights that fewer bytes are read of for a token are not worth measuring.
  uint64_t leastBytes = uint64_t(16) << 20;
  /// "": cacheFolder() (runtime/base/CacheFolder.h).
  std::string folder;
  /// Alternative number `take` of all variants, modulo how many each has; for tests and
  /// comparisons.
  std::optional<unsigned> take;
};

/// What runs for variants of the program that have the same alternatives.
struct VariantChoice {
  /// The first of their kernels: "linear_1".
  std::string name;
  /// What the names of its alternatives have beyond that; "" is the kernel itself.
  std::vector<std::string> alternatives;
  size_t chosen = 0;
  enum class Reason : uint8_t {
    Favored,  // nothing was measured: the artifact says so for this device, or it is the default
    Asked,    // VariantOptions::take
    Measured, // in this load
    Recalled, // measured in an earlier load
  } reason = Reason::Favored;
  /// How much less time than the favored one it took where it was measured, of 1.
  double gain = 0;

  std::string kernel() const { return name + alternatives[chosen]; }
};

struct SessionOptions {
  /// A name that runtime/device/Registry.h knows.
  std::string device = "cpu";
  /// 0: as many as the machine has processors for this process.
  unsigned threads = 0;
  /// Positions a sequence may have, at most what the model was made for; 0: that, but no
  /// more than 4096.
  uint64_t context = 0;
  uint64_t sequences = 1;
  /// Most tokens and rows of logits of one call; longer prompts are cut by the caller.
  /// `tokens` is lowered to context * sequences where it is more.
  uint64_t tokens = 512;
  uint64_t rows = 1;
  VariantOptions variants = {};
};

/// Tokens of any number of sequences, [n] each, n >= 1. The first position of a sequence in
/// a batch is at most the number of tokens that it holds, the next ones follow in order,
/// other sequences between them or not. A lower position overwrites: rollback is simply
/// going on from there.
struct Batch {
  std::span<const int32_t> tokens;
  std::span<const int32_t> positions;
  std::span<const int32_t> sequences;
  /// Indices into tokens for which logits are wanted, [m]; may be empty.
  std::span<const int32_t> rows;
};

/// What one thread did of a step of a call: all of it, or some of its workgroups.
struct StepSpan {
  /// Numbers of the step in its entry point, and of the kernel that it took in its program.
  uint32_t step = 0, kernel = 0;
  /// As CommandSpan::thread.
  uint32_t thread = 0;
  /// When it began and ended, in nanoseconds since the steps began.
  int64_t begin = 0, end = 0;
};

/// A copy of the beginning of a sequence.
struct Fork {
  uint64_t from = 0, to = 0;
  /// Positions that `to` has then: as many as `from` has, or fewer.
  uint64_t length = 0;
  /// Length of the prefix that both sequences already share; it is not copied.
  uint64_t sharedPrefix = 0;
};

/// What memory a session takes, in bytes.
struct MemoryUse {
  uint64_t weights = 0;
  uint64_t states = 0;
  uint64_t arena = 0;
  uint64_t inputsAndOutputs = 0;
  uint64_t code = 0;
  uint64_t total() const { return weights + states + arena + inputsAndOutputs + code; }
};

/// Not thread-safe. Allocates nothing after open().
class Session {
public:
  /// Takes the artifact's program for the device that uses most of this machine's
  /// extensions. The artifact must outlive the session. Errors: no program fits (says what
  /// they need and the machine lacks), sizes out of range, out of memory.
  static Result<std::unique_ptr<Session>> open(const Artifact &artifact,
                                               const SessionOptions &options);
  /// The same on a device of the caller's; `options.device` and `threads` do not matter.
  static Result<std::unique_ptr<Session>>
  open(const Artifact &artifact, const SessionOptions &options, std::unique_ptr<Device> device);
  /// What open() would take, without allocating. Where no program fits this machine, what
  /// the first one for the device would take on its own.
  static Result<MemoryUse> memory(const Artifact &artifact, const SessionOptions &options);
  /// What open() would run where kernels have alternatives, as far as that is known without
  /// measuring. Errors: no program fits this machine.
  static Result<std::vector<VariantChoice>> variants(const Artifact &artifact,
                                                     const SessionOptions &options);

  ~Session();

  /// Logits [rows.size(), vocabulary], row-major, valid until the next call. Errors: a
  /// token id outside the vocabulary, a position beyond the context or not contiguous, a
  /// sequence or row out of range, more tokens or rows than the options allow; nothing was
  /// run or forgotten then. Where the device itself fails, the sequences of the batch keep
  /// what stood before its positions.
  Result<std::span<const float>> forward(const Batch &batch);
  /// The same, and adds to `spans` what every thread did when. Allocates, and takes a little
  /// longer. Errors: also that a device has no clock.
  Result<std::span<const float>> forwardTimed(const Batch &batch, std::vector<StepSpan> &spans);

  /// Tokens that sequence `sequence` (below options().sequences) holds.
  uint64_t length(uint64_t sequence) const;
  /// Forgets all from position `length` on; nothing where it holds no more than that.
  void truncate(uint64_t sequence, uint64_t length);

  /// Whether fork() can copy: an artifact may not say how its states lie in memory.
  bool canFork() const;
  /// Makes sequence `to` the first `length` positions of `from`, copying no others; what `to` was
  /// is forgotten. From there both go on by themselves, with the same bits as if the tokens had
  /// been run again. Errors: canFork() is false, a sequence out of range, more positions than
  /// `from` holds or of `sharedPrefix` than `to` holds; nothing was changed then. Where the device
  /// fails, `to` keeps `sharedPrefix` positions.
  Result<void> fork(const Fork &fork);

  /// As given, with the defaults filled in.
  const SessionOptions &options() const;
  MemoryUse memory() const;
  /// What runs where kernels have alternatives; empty where none has.
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
