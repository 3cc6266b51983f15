#include "runtime/generate/Decoder.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

namespace weft {

Result<std::span<const float>> SessionDecoder::forward(const Batch &batch) {
  return session.forward(batch);
}
uint32_t SessionDecoder::vocabulary() const { return session.vocabulary(); }
uint64_t SessionDecoder::context() const { return session.options().context; }
uint64_t SessionDecoder::tokensPerCall() const { return session.options().tokens; }
uint64_t SessionDecoder::rowsPerCall() const { return session.options().rows; }
uint64_t SessionDecoder::sequences() const { return session.options().sequences; }
bool SessionDecoder::canFork() const { return session.canFork(); }
Result<void> SessionDecoder::fork(const Fork &fork) { return session.fork(fork); }

Result<void> checkRoom(const Decoder &decoder, uint64_t first, uint64_t count) {
  if (first <= decoder.context() && count <= decoder.context() - first)
    return {};
  return fail("expected at most " + std::to_string(decoder.context()) +
              " tokens (the context), found " + std::to_string(first + count) +
              "; shorten the text or ask for a longer context");
}

Result<std::span<const float>> forward(Decoder &decoder, const Batch &batch) {
  auto logits = decoder.forward(batch);
  if (!logits || logits->size() == batch.rows.size() * decoder.vocabulary())
    return logits;
  return fail("expected " + std::to_string(batch.rows.size()) + " rows of " +
              std::to_string(decoder.vocabulary()) + " logits, found " +
              std::to_string(logits->size()) + " numbers");
}

namespace {

/// End of the longest piece from `begin` on that one call may bring.
uint64_t pieceEnd(const Decoder &decoder, uint64_t begin, uint64_t count, uint64_t wantFrom) {
  uint64_t end = std::min(count, begin + decoder.tokensPerCall());
  uint64_t firstRow = std::max(begin, wantFrom);
  return std::min(end, firstRow + decoder.rowsPerCall());
}

} // namespace

Result<uint64_t> feed(Decoder &decoder, std::span<const int32_t> tokens, uint64_t first,
                      uint64_t wantFrom, const OnRow &onRow, const KeepGoing &keepGoing) {
  const uint64_t count = tokens.size();
  const uint64_t vocabulary = decoder.vocabulary();
  if (auto room = checkRoom(decoder, first, count); !room)
    return failFrom(room);
  wantFrom = std::min(wantFrom, count);

  std::vector<int32_t> positions, sequences, rows;
  for (uint64_t begin = 0; begin < count;) {
    if (keepGoing && !keepGoing())
      return begin;
    const uint64_t end = pieceEnd(decoder, begin, count, wantFrom);
    const uint64_t firstRow = std::min(end, std::max(begin, wantFrom));
    positions.resize(end - begin);
    std::iota(positions.begin(), positions.end(), int32_t(first + begin));
    sequences.assign(end - begin, 0);
    rows.resize(end - firstRow);
    std::iota(rows.begin(), rows.end(), int32_t(firstRow - begin));

    auto logits =
        forward(decoder, {tokens.subspan(begin, end - begin), positions, sequences, rows});
    if (!logits)
      return failFrom(logits);
    for (uint64_t row = firstRow; row < end; ++row)
      if (auto done = onRow(row, logits->subspan((row - firstRow) * vocabulary, vocabulary)); !done)
        return failFrom(done);
    begin = end;
  }
  return count;
}

} // namespace weft
