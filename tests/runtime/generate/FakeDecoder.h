// A decoder whose answers are known, and which checks how it is called.
#pragma once

#include "runtime/generate/Decoder.h"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace weft {

/// The logits after a text are `rule(text)`, the text being what it holds of the sequence up
/// to the row's token.
class FakeDecoder final : public Decoder {
public:
  using Rule = std::function<std::vector<float>(std::span<const int32_t>)>;

  FakeDecoder(uint32_t vocabulary, uint64_t context, Rule rule)
      : rule(std::move(rule)), size(vocabulary), positions(context) {}

  Result<std::span<const float>> forward(const Batch &batch) override {
    if (batch.tokens.size() > tokensLimit || batch.rows.size() > rowsLimit)
      return fail("too much in one call");
    if (batch.tokens.size() != batch.positions.size() ||
        batch.tokens.size() != batch.sequences.size())
      return fail("lengths differ");
    calls.push_back(batch.tokens.size());
    rowCounts.push_back(batch.rows.size());
    out.clear();
    size_t nextRow = 0;
    for (size_t i = 0; i < batch.tokens.size(); ++i) {
      const auto position = size_t(batch.positions[i]), sequence = size_t(batch.sequences[i]);
      if (sequence >= texts.size() || position > texts[sequence].size() || position >= positions)
        return fail("position out of range");
      std::vector<int32_t> &text = texts[sequence];
      text.resize(position);
      text.push_back(batch.tokens[i]);
      if (nextRow < batch.rows.size() && size_t(batch.rows[nextRow]) == i) {
        ++nextRow;
        const std::vector<float> logits = rule(text);
        out.insert(out.end(), logits.begin(), logits.end());
      }
    }
    return std::span<const float>(out);
  }
  uint32_t vocabulary() const override { return size; }
  uint64_t context() const override { return positions; }
  uint64_t tokensPerCall() const override { return tokensLimit; }
  uint64_t rowsPerCall() const override { return rowsLimit; }
  uint64_t sequences() const override { return texts.size(); }
  bool canFork() const override { return forks; }
  Result<void> fork(const Fork &fork) override {
    if (fork.from >= texts.size() || fork.to >= texts.size())
      return fail("sequence out of range");
    const std::vector<int32_t> &from = texts[fork.from];
    std::vector<int32_t> &to = texts[fork.to];
    if (fork.length > from.size() ||
        fork.sharedPrefix > std::min<uint64_t>(fork.length, to.size()) ||
        !std::equal(to.begin(), to.begin() + std::ptrdiff_t(fork.sharedPrefix), from.begin()))
      return fail("not as long or not as alike as said");
    copied += fork.length - fork.sharedPrefix;
    to = std::vector<int32_t>(from.begin(), from.begin() + std::ptrdiff_t(fork.length));
    return {};
  }

  uint64_t tokensLimit = 8, rowsLimit = 1;
  std::vector<size_t> calls, rowCounts; // of each call so far
  /// What each sequence holds; more of them make more sequences.
  std::vector<std::vector<int32_t>> texts{{}};
  bool forks = true;
  uint64_t copied = 0; // positions, so far

private:
  Rule rule;
  uint32_t size;
  uint64_t positions;
  std::vector<float> out;
};

/// Logits that make `id` certain.
inline std::vector<float> only(int32_t id, uint32_t vocabulary) {
  std::vector<float> logits(vocabulary, 0.0f);
  logits[size_t(id)] = 50.0f;
  return logits;
}

/// Logits (not normalised) that look random, and differ from text to text.
inline std::vector<float> scrambled(std::span<const int32_t> text, uint32_t vocabulary) {
  uint64_t state = 0x9e3779b97f4a7c15u;
  for (int32_t id : text)
    state = (state ^ uint64_t(id + 1)) * 0xbf58476d1ce4e5b9u;
  std::vector<float> logits(vocabulary);
  for (float &logit : logits) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    logit = float(state >> 40) * (8.0f / (1 << 24)) - 4.0f;
  }
  return logits;
}

} // namespace weft
