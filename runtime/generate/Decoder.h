// What decoding loops need of a model, and how they feed it.
#pragma once

#include "runtime/program/Session.h"

#include <cstdint>
#include <functional>
#include <span>

namespace weft {

/// One function over a ragged batch, and its limits. The seam between decoding loops and
/// whatever runs the model: a Session, or a fake in a test. Not thread-safe.
class Decoder {
public:
  virtual ~Decoder() = default;
  /// As Session::forward: logits [rows, vocabulary], valid until the next call.
  virtual Result<std::span<const float>> forward(const Batch &batch) = 0;
  virtual uint32_t vocabulary() const = 0;
  /// Positions that a sequence may have.
  virtual uint64_t context() const = 0;
  /// Most tokens, and most rows of logits, of one call; at least 1.
  virtual uint64_t tokensPerCall() const = 0;
  virtual uint64_t rowsPerCall() const = 0;
  /// Sequences that it keeps apart; at least 1.
  virtual uint64_t sequences() const = 0;
  /// Whether fork() can copy.
  virtual bool canFork() const = 0;
  /// As Session::fork.
  virtual Result<void> fork(const Fork &fork) = 0;
};

/// A Session as a Decoder. The session must outlive it.
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

/// Whether `count` tokens fit into the context from position `first` on.
Result<void> checkRoom(const Decoder &decoder, uint64_t first, uint64_t count);

/// decoder.forward(), and a look at whether it gave as many logits as were asked for.
Result<std::span<const float>> forward(Decoder &decoder, const Batch &batch);

/// Asked before every call of a decoder; false ends the loop early, in good order. Empty
/// means always.
using KeepGoing = std::function<bool()>;

/// The logits [vocabulary] that follow token `index` of those fed.
using OnRow = std::function<Result<void>(uint64_t index, std::span<const float> logits)>;

/// Runs `tokens` as the positions first, first + 1, ... of sequence 0, in as few calls as
/// the limits allow. `onRow` gets, in order, the row of every token from index `wantFrom`
/// on; tokens before it cost no logits. What the sequence held from `first` on is
/// overwritten. Returns how many tokens were fed: all, unless `keepGoing` ended it.
/// Errors: tokens that do not fit into the context, and those of the decoder and `onRow`.
Result<uint64_t> feed(Decoder &decoder, std::span<const int32_t> tokens, uint64_t first,
                      uint64_t wantFrom, const OnRow &onRow, const KeepGoing &keepGoing = {});

} // namespace weft
