// The interface between decoding loops and a model.
#pragma once

#include "runtime/program/Session.h"

#include <cstdint>
#include <functional>
#include <span>

namespace weft {

/// A model that decoding loops can call: a Session, or a fake in tests. Not thread-safe.
class Decoder {
public:
  virtual ~Decoder() = default;
  /// Runs a ragged batch, as Session::forward() does. Returns logits [rows, vocabulary], valid
  /// until the next call.
  virtual Result<std::span<const float>> forward(const Batch &batch) = 0;
  virtual uint32_t vocabulary() const = 0;
  /// Returns the most positions of a sequence.
  virtual uint64_t context() const = 0;
  /// Returns the most tokens, and the most logit rows, of one call; at least 1.
  virtual uint64_t tokensPerCall() const = 0;
  virtual uint64_t rowsPerCall() const = 0;
  /// Returns the number of sequences; at least 1.
  virtual uint64_t sequences() const = 0;
  /// Says whether fork() works.
  virtual bool canFork() const = 0;
  /// Copies the beginning of a sequence, as Session::fork() does.
  virtual Result<void> fork(const Fork &fork) = 0;
};

/// A Decoder that calls a Session. The session must outlive it.
class SessionDecoder final : public Decoder {
public:
  explicit SessionDecoder(Session &session) : session(session) {}
  Result<std::span<const float>> forward(const Batch &batch) override;
  uint32_t vocabulary() const override;
  uint64_t context() const override;
  uint64_t tokensPerCall() const override;
  uint64_t rowsPerCall() const override;
  uint64_t sequences() const override;
  bool canFork() const override;
  Result<void> fork(const Fork &fork) override;

private:
  Session &session;
};

/// Checks that `count` tokens fit into the context from position `first` on.
Result<void> checkRoom(const Decoder &decoder, uint64_t first, uint64_t count);

/// Calls decoder.forward() and checks that it returned as many logits as were asked for.
Result<std::span<const float>> forward(Decoder &decoder, const Batch &batch);

/// Called before every call of a decoder; returning false ends the loop early, without an error. An
/// empty function means always true.
using KeepGoing = std::function<bool()>;

/// Gets the logits [vocabulary] that follow token `index` of the tokens fed.
using OnRow = std::function<Result<void>(uint64_t index, std::span<const float> logits)>;

/// Runs `tokens` as positions first, first + 1, ... of sequence 0, in as few calls as the limits
/// allow. `onRow` gets, in order, the logits of every token from index `wantFrom` on; no logits are
/// computed for earlier tokens. Overwrites what sequence 0 has from position `first` on. Returns
/// how many tokens were fed: all, unless `keepGoing` ended it. Errors: the tokens do not fit into
/// the context, or an error of the decoder or of `onRow`.
Result<uint64_t> feed(Decoder &decoder, std::span<const int32_t> tokens, uint64_t first,
                      uint64_t wantFrom, const OnRow &onRow, const KeepGoing &keepGoing = {});

} // namespace weft
