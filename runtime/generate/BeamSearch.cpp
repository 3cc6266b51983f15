#include "runtime/generate/BeamSearch.h"

#include "runtime/base/SecondsSince.h"
#include "runtime/generate/CheckOptions.h"
#include "runtime/generate/sampling/ApplyMask.h"
#include "runtime/generate/sampling/Exponential.h"
#include "runtime/generate/sampling/Logarithm.h"

#include <algorithm>
#include <limits>

// Contraction into FMA would make scores differ between machines.
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

namespace weft {

namespace {

/// One call of beamSearch().
class Beams {
public:
  Beams(Decoder &decoder, std::span<const int32_t> prompt, const BeamOptions &options,
        const KeepGoing &keepGoing)
      : decoder(decoder), prompt(prompt), options(options), keepGoing(keepGoing),
        mostTokens(std::min(options.newTokens, decoder.context() - prompt.size() + 1)) {}

  Result<BeamResult> run();

private:
  /// A text that goes on. The sequence holds all but its last token.
  struct Beam {
    std::vector<int32_t> ids;
    double logProbability = 0;
    std::unique_ptr<TokenConstraint> constraint;
    uint64_t sequence = 0;
  };
  /// One more token of a beam.
  struct Candidate {
    size_t beam;
    int32_t id;
    double logProbability;
  };

  Result<bool> readPrompt();
  Result<bool> readBeams();
  Result<void> look(size_t beam, std::span<const float> logits);
  Result<void> advance();
  Result<void> follow(std::vector<Candidate> next);
  Result<void> moveSequence(size_t beam, uint64_t to);
  void finish(std::vector<int32_t> ids, double logProbability, uint64_t length, Stop stop);
  double score(double logProbability, uint64_t length) const;
  bool isDecided() const;
  bool isEnd(int32_t id) const {
    return std::ranges::find(options.endIds, id) != options.endIds.end();
  }

  Decoder &decoder;
  const std::span<const int32_t> prompt;
  const BeamOptions &options;
  const KeepGoing &keepGoing;
  const uint64_t mostTokens; // of a text

  BeamResult result;
  std::vector<Beam> beams;
  std::vector<Candidate> candidates;
  /// The new tokens in each sequence after the prompt; none for a sequence that was not used.
  std::vector<std::vector<int32_t>> inSequence;
  std::vector<bool> isUsed;
  std::vector<float> masked;
  std::vector<uint64_t> allowed;
};

double Beams::score(double logProbability, uint64_t length) const {
  const double log = options.lengthPenalty * logarithm(double(length));
  return log >= 0 ? logProbability * exponential(-log) : logProbability / exponential(log);
}

void Beams::finish(std::vector<int32_t> ids, double logProbability, uint64_t length, Stop stop) {
  BeamText text{std::move(ids), logProbability, score(logProbability, length), stop};
  auto place =
      std::ranges::upper_bound(result.texts, text.score, std::ranges::greater(), &BeamText::score);
  result.texts.insert(place, std::move(text));
  if (result.texts.size() > options.width)
    result.texts.pop_back();
}

/// Whether no beam can become better than the finished texts. Its probability only falls, so the
/// best it could do is to keep it up to the length where that scores best.
bool Beams::isDecided() const {
  if (beams.empty())
    return true;
  if (result.texts.size() < options.width)
    return false;
  return std::ranges::all_of(beams, [&](const Beam &beam) {
    const uint64_t length = options.lengthPenalty > 0 ? mostTokens : beam.ids.size() + 1;
    return score(beam.logProbability, length) <= result.texts.back().score;
  });
}

/// Adds the likeliest tokens behind a beam to the candidates: as many as could be taken if all
/// came from it.
Result<void> Beams::look(size_t number, std::span<const float> logits) {
  Beam &beam = beams[number];
  if (auto sound = mostLikely(logits); !sound)
    return failFrom(sound);
  const double logSum = logSumExp(logits);
  std::span<const float> left = logits;
  if (beam.constraint) {
    masked.assign(logits.begin(), logits.end());
    allowed.resize((logits.size() + 63) / 64);
    if (auto done = beam.constraint->mask(allowed); !done)
      return done;
    applyMask(masked, allowed);
    left = masked;
  }
  for (int32_t id : mostLikelyIds(left, options.width + options.endIds.size()))
    if (left[size_t(id)] > -std::numeric_limits<float>::infinity())
      candidates.push_back({number, id, beam.logProbability + (double(left[size_t(id)]) - logSum)});
  return {};
}

/// Reads the prompt and looks behind it; false where that was interrupted.
Result<bool> Beams::readPrompt() {
  beams.emplace_back().constraint = options.constraint ? options.constraint->fork() : nullptr;
  isUsed.assign(options.width, false);
  inSequence.resize(options.width);
  isUsed[0] = true;
  const auto unread = prompt.subspan(options.held);
  auto fed = feed(
      decoder, unread, options.held, unread.size() - 1,
      [&](uint64_t, std::span<const float> logits) { return look(0, logits); }, keepGoing);
  if (!fed)
    return failFrom(fed);
  result.promptTokens = *fed;
  return *fed == unread.size();
}

/// Reads the last token of every beam and looks behind it; false where that was interrupted.
Result<bool> Beams::readBeams() {
  const uint64_t most = std::min(decoder.tokensPerCall(), decoder.rowsPerCall());
  std::vector<int32_t> tokens, positions, sequences, rows;
  for (size_t begin = 0; begin < beams.size(); begin += most) {
    if (keepGoing && !keepGoing())
      return false;
    const size_t end = std::min<size_t>(beams.size(), begin + most);
    tokens.clear(), positions.clear(), sequences.clear(), rows.clear();
    for (size_t i = begin; i < end; ++i) {
      tokens.push_back(beams[i].ids.back());
      positions.push_back(int32_t(prompt.size() + beams[i].ids.size() - 1));
      sequences.push_back(int32_t(beams[i].sequence));
      rows.push_back(int32_t(i - begin));
    }
    auto logits = forward(decoder, {tokens, positions, sequences, rows});
    if (!logits)
      return failFrom(logits);
    const uint64_t vocabulary = decoder.vocabulary();
    for (size_t i = begin; i < end; ++i) {
      inSequence[beams[i].sequence] = beams[i].ids;
      if (auto looked = look(i, logits->subspan((i - begin) * vocabulary, vocabulary)); !looked)
        return failFrom(looked);
    }
  }
  ++result.decodeSteps;
  return true;
}

/// Makes the best candidates the beams of the next step.
Result<void> Beams::advance() {
  std::ranges::sort(candidates, [](const Candidate &a, const Candidate &b) {
    if (a.logProbability != b.logProbability)
      return a.logProbability > b.logProbability;
    return a.beam != b.beam ? a.beam < b.beam : a.id < b.id;
  });
  std::vector<Candidate> next;
  for (size_t rank = 0; rank < candidates.size() && next.size() < options.width; ++rank) {
    const Candidate &candidate = candidates[rank];
    if (!isEnd(candidate.id))
      next.push_back(candidate);
    else if (rank < options.width)
      finish(beams[candidate.beam].ids, candidate.logProbability,
             beams[candidate.beam].ids.size() + 1, Stop::End);
  }
  candidates.clear();
  return follow(std::move(next));
}

/// A beam's first child goes on in its sequence, the others in those of beams that have none.
Result<void> Beams::follow(std::vector<Candidate> next) {
  std::vector<Beam> children;
  std::vector<bool> isTaken(options.width, false);
  for (const Candidate &candidate : next)
    isTaken[beams[candidate.beam].sequence] = true;
  std::vector<bool> hasChild(beams.size(), false);
  for (const Candidate &candidate : next) {
    const Beam &parent = beams[candidate.beam];
    Beam &child = children.emplace_back();
    child.ids = parent.ids;
    child.ids.push_back(candidate.id);
    child.logProbability = candidate.logProbability;
    if (parent.constraint) {
      child.constraint = parent.constraint->fork();
      if (auto taken = child.constraint->accept(candidate.id); !taken)
        return taken;
    }
    child.sequence = parent.sequence;
    if (hasChild[candidate.beam]) {
      child.sequence = uint64_t(std::ranges::find(isTaken, false) - isTaken.begin());
      isTaken[child.sequence] = true;
      if (auto moved = moveSequence(candidate.beam, child.sequence); !moved)
        return moved;
    }
    hasChild[candidate.beam] = true;
  }
  beams = std::move(children);
  return {};
}

/// Copies what a beam's sequence holds to another one, but for what that holds already.
Result<void> Beams::moveSequence(size_t number, uint64_t to) {
  const Beam &beam = beams[number];
  const auto alike = std::ranges::mismatch(beam.ids, inSequence[to]).in1 - beam.ids.begin();
  auto forked = decoder.fork({.from = beam.sequence,
                              .to = to,
                              .length = prompt.size() + beam.ids.size(),
                              .sharedPrefix = isUsed[to] ? prompt.size() + uint64_t(alike) : 0});
  isUsed[to] = true;
  inSequence[to] = beam.ids;
  return forked;
}

Result<BeamResult> Beams::run() {
  auto start = std::chrono::steady_clock::now();
  auto read = readPrompt();
  if (!read)
    return failFrom(read);
  result.promptSeconds = secondsSince(start);
  start = std::chrono::steady_clock::now();
  bool isInterrupted = !*read;
  if (isInterrupted)
    beams.clear();
  while (!isInterrupted) {
    if (auto advanced = advance(); !advanced)
      return failFrom(advanced);
    if (isDecided() || beams.front().ids.size() == mostTokens)
      break;
    auto went = readBeams();
    if (!went)
      return failFrom(went);
    isInterrupted = !*went;
  }
  if (isInterrupted || !isDecided())
    for (Beam &beam : beams)
      finish(beam.ids, beam.logProbability, beam.ids.size(),
             isInterrupted                          ? Stop::Interrupted
             : beam.ids.size() == options.newTokens ? Stop::Limit
                                                    : Stop::Context);
  result.texts.resize(std::min<size_t>(result.texts.size(), options.best));
  result.decodeSeconds = secondsSince(start);
  return std::move(result);
}

} // namespace

Result<BeamResult> beamSearch(Decoder &decoder, std::span<const int32_t> prompt,
                              const BeamOptions &options, const KeepGoing &keepGoing) {
  if (auto checked = check(decoder, prompt.size(), options); !checked)
    return failFrom(checked);
  return Beams(decoder, prompt, options, keepGoing).run();
}

} // namespace weft
