// A model ready to run: the entry point `forward` of an artifact, with its memory.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/device/Device.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace weft {

struct SessionOptions {
  /// "cpu"; later others.
  std::string device = "cpu";
  /// 0: as many as the machine has processors for this process.
  unsigned threads = 0;
  /// Positions a sequence may have; 0: what the model was made for, at most 4096.
  uint64_t context = 0;
  uint64_t sequences = 1;
  /// Most tokens and rows of logits of one call; longer prompts are cut by the caller.
  uint64_t tokens = 512;
  uint64_t rows = 1;
};

/// Tokens of any number of sequences. positions[i] must be at most the number of tokens
/// that sequence sequences[i] holds, tokens of one sequence in order; a lower position
/// overwrites (rollback is simply going on from there).
struct Batch {
  std::span<const int32_t> tokens;
  std::span<const int32_t> positions;
  std::span<const int32_t> sequences;
  /// Indices into tokens for which logits are wanted.
  std::span<const int32_t> rows;
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
  /// The artifact must outlive the session.
  static Result<std::unique_ptr<Session>> open(const Artifact &artifact,
                                               const SessionOptions &options);
  /// The same sums without allocating: what open() would take.
  static Result<MemoryUse> memory(const Artifact &artifact, const SessionOptions &options);

  ~Session();

  /// Logits [rows.size(), vocabulary], row-major, valid until the next call. Errors: a
  /// token id outside the vocabulary, a position beyond the context or not contiguous, a
  /// sequence or row out of range, more tokens or rows than the options allow.
  Result<std::span<const float>> forward(const Batch &batch);

  /// Tokens that sequence `sequence` holds.
  uint64_t length(uint64_t sequence) const;
  /// Forgets all from position `length` on.
  void truncate(uint64_t sequence, uint64_t length);

  const SessionOptions &options() const;
  uint32_t vocabulary() const;

private:
  struct Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

} // namespace weft
