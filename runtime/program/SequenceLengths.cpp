#include "runtime/program/SequenceLengths.h"

#include <algorithm>
#include <fmt/format.h>

namespace weft {

SequenceLengths::SequenceLengths(const SessionOptions &options, uint32_t vocabulary)
    : options(options), vocabulary(vocabulary), sequences(options.sequences) {}

static bool isBelow(int32_t index, uint64_t end) { return index >= 0 && uint64_t(index) < end; }

Result<void> SequenceLengths::checkToken(const Batch &batch, size_t i) {
  if (!isBelow(batch.tokens[i], vocabulary))
    return fail(fmt::format("token {}: expected an id below the vocabulary of {}, found {}", i,
                            vocabulary, batch.tokens[i]));
  if (!isBelow(batch.sequences[i], options.sequences))
    return fail(fmt::format("token {}: expected a sequence below {}, found {}", i,
                            options.sequences, batch.sequences[i]));
  if (!isBelow(batch.positions[i], options.context))
    return fail(fmt::format("token {}: expected a position below the context of {}, found {}", i,
                            options.context, batch.positions[i]));

  Sequence &sequence = sequences[batch.sequences[i]];
  uint64_t position = batch.positions[i];
  if (sequence.batch == batchNumber) {
    if (position != sequence.end)
      return fail(fmt::format("token {}: expected position {} of sequence {} after the one before "
                              "in the batch, found {}",
                              i, sequence.end, batch.sequences[i], position));
  } else {
    if (position > sequence.length)
      return fail(fmt::format("token {}: sequence {} holds {} tokens, so expected a position of at "
                              "most that, found {}",
                              i, batch.sequences[i], sequence.length, position));
    sequence.batch = batchNumber;
    sequence.first = position;
  }
  sequence.end = position + 1;
  return {};
}

Result<void> SequenceLengths::check(const Batch &batch) {
  size_t count = batch.tokens.size();
  if (count == 0 || count > options.tokens)
    return fail(fmt::format("expected 1 to {} tokens in a batch, found {}", options.tokens, count));
  if (batch.positions.size() != count || batch.sequences.size() != count)
    return fail(fmt::format("expected a position and a sequence for each of {} tokens, found {} "
                            "and {}",
                            count, batch.positions.size(), batch.sequences.size()));
  if (batch.rows.size() > options.rows)
    return fail(fmt::format("expected at most {} rows of logits asked for, found {}", options.rows,
                            batch.rows.size()));
  for (int32_t row : batch.rows)
    if (!isBelow(row, count))
      return fail(
          fmt::format("expected rows below the {} tokens of the batch, found {}", count, row));
  ++batchNumber;
  for (size_t i = 0; i < count; ++i)
    if (auto token = checkToken(batch, i); !token)
      return token;
  return {};
}

Result<void> SequenceLengths::check(const Fork &fork) const {
  for (uint64_t sequence : {fork.from, fork.to})
    if (sequence >= options.sequences)
      return fail(fmt::format("expected a sequence below {} to copy, found {}", options.sequences,
                              sequence));
  if (fork.length > length(fork.from))
    return fail(fmt::format("sequence {} holds {} tokens, so expected at most that many to copy, "
                            "found {}",
                            fork.from, length(fork.from), fork.length));
  if (fork.sharedPrefix > std::min(fork.length, length(fork.to)))
    return fail(fmt::format("expected at most {} positions that sequences {} and {} have alike, "
                            "found {}",
                            std::min(fork.length, length(fork.to)), fork.from, fork.to,
                            fork.sharedPrefix));
  return {};
}

void SequenceLengths::take(const Batch &batch) {
  for (int32_t i : batch.sequences)
    sequences[i].length = sequences[i].end;
}

void SequenceLengths::drop(const Batch &batch) {
  for (int32_t i : batch.sequences)
    sequences[i].length = sequences[i].first;
}

void SequenceLengths::truncate(uint64_t sequence, uint64_t length) {
  sequences[sequence].length = std::min(sequences[sequence].length, length);
}

} // namespace weft
