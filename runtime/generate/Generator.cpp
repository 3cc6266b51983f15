#include "runtime/generate/Generator.h"

#include "runtime/base/SecondsSince.h"
#include "runtime/generate/CheckOptions.h"
#include "runtime/generate/speculate/DraftLength.h"
#include "runtime/generate/speculate/Drafter.h"

#include <algorithm>

namespace weft {

const char *nameOf(Stop stop) {
  switch (stop) {
  case Stop::End:
    return "end";
  case Stop::StopString:
    return "stop-string";
  case Stop::Limit:
    return "limit";
  case Stop::Context:
    return "context";
  case Stop::Interrupted:
    return "interrupted";
  }
  return "";
}

namespace {

/// One call of generate().
class Generating {
public:
  Generating(Decoder &decoder, Sampler &sampler, std::span<const int32_t> prompt,
             const GenerateOptions &options, const OnToken &onToken, const KeepGoing &keepGoing)
      : decoder(decoder), first(sampler), prompt(prompt), options(options), onToken(onToken),
        keepGoing(keepGoing) {}

  Result<Generation> run();

private:
  struct Sequence {
    Sampler *sampler;
    std::unique_ptr<TokenConstraint> constraint;
    /// The last token, not read yet, and where it will be.
    int32_t next = -1;
    uint64_t position = 0;
    bool isLive = true;
  };

  void begin();
  Result<void> readPrompt();
  Result<void> take(uint64_t sample, std::span<const float> logits);
  Result<void> step();
  Result<void> runLive(std::span<const uint64_t> samples);
  Result<std::span<const int32_t>> guessed(uint64_t sample);
  void stop(uint64_t sample, Stop why);
  bool isAllowed() const { return !keepGoing || keepGoing(); }

  Decoder &decoder;
  Sampler &first;
  const std::span<const int32_t> prompt;
  const GenerateOptions &options;
  const OnToken &onToken;
  const KeepGoing &keepGoing;

  Generation result;
  std::vector<Sampler> others; // of the samples behind the first
  std::vector<Sequence> sequences;
  DraftLength draftLength;
  std::vector<int32_t> text; // for the drafter
  bool isInterrupted = false;
  std::vector<int32_t> tokens, positions, numbers, rows; // of a batch
  std::vector<uint64_t> live;
};

void Generating::begin() {
  first.begin(prompt);
  others.reserve(options.samples - 1);
  for (uint64_t i = 1; i < options.samples; ++i)
    others.push_back(first.ofSample(i));
  for (uint64_t i = 0; i < options.samples; ++i)
    sequences.push_back({.sampler = i == 0 ? &first : &others[i - 1],
                         .constraint = options.constraint ? options.constraint->fork() : nullptr});
  result.samples.resize(options.samples);
  if (options.drafter)
    text.assign(prompt.begin(), prompt.end());
}

/// Reads the prompt, gives it to all sequences and draws the first token of each.
Result<void> Generating::readPrompt() {
  const std::span<const int32_t> unread = prompt.subspan(options.held);
  const uint64_t wantFrom = options.newTokens == 0 ? unread.size() : unread.size() - 1;
  auto fed = feed(
      decoder, unread, options.held, wantFrom,
      [&](uint64_t, std::span<const float> logits) -> Result<void> {
        for (uint64_t i = 0; i < sequences.size(); ++i) {
          sequences[i].position = prompt.size();
          if (auto taken = take(i, logits); !taken)
            return taken;
        }
        return {};
      },
      keepGoing);
  if (!fed)
    return failFrom(fed);
  result.promptTokens = *fed;
  result.held = options.held + *fed;
  isInterrupted = *fed < unread.size();
  for (uint64_t i = 1; i < sequences.size() && !isInterrupted; ++i)
    if (sequences[i].isLive)
      if (auto forked = decoder.fork({.from = 0, .to = i, .length = prompt.size()}); !forked)
        return forked;
  return {};
}

void Generating::stop(uint64_t sample, Stop why) {
  sequences[sample].isLive = false;
  result.samples[sample].stop = why;
}

/// Draws the next token of a sample, for its current position.
Result<void> Generating::take(uint64_t sample, std::span<const float> logits) {
  Sequence &sequence = sequences[sample];
  auto id = sequence.sampler->sample(logits, sequence.constraint.get());
  if (!id)
    return failFrom(id);
  sequence.next = *id;
  if (std::ranges::find(options.endIds, *id) != options.endIds.end()) {
    stop(sample, Stop::End);
    return {};
  }
  sequence.sampler->accept(*id);
  if (sequence.constraint)
    if (auto taken = sequence.constraint->accept(*id); !taken)
      return taken;
  if (options.drafter)
    text.push_back(*id);
  LogProbabilities probabilities;
  if (options.logProbabilities)
    probabilities = logProbabilities(logits, *id, *options.logProbabilities);
  ++result.newTokens;
  const uint64_t count = ++result.samples[sample].newTokens;
  if (!onToken({sample, *id, options.logProbabilities ? &probabilities : nullptr}))
    stop(sample, Stop::StopString);
  else if (count == options.newTokens)
    stop(sample, Stop::Limit);
  else if (sequence.position == decoder.context())
    stop(sample, Stop::Context);
  return {};
}

/// What the drafter expects behind the next token, as far as there is room for it.
Result<std::span<const int32_t>> Generating::guessed(uint64_t sample) {
  const Sequence &sequence = sequences[sample];
  const uint64_t room = std::min({decoder.rowsPerCall() - 1, decoder.tokensPerCall() - 1,
                                  decoder.context() - sequence.position - 1,
                                  options.newTokens - result.samples[sample].newTokens - 1});
  const uint64_t most = options.drafter ? draftLength.next(room) : 0;
  if (most == 0)
    return std::span<const int32_t>();
  auto guess = options.drafter->draft({.text = text,
                                       .most = most,
                                       .sampler = *sequence.sampler,
                                       .constraint = sequence.constraint.get(),
                                       .endIds = options.endIds});
  if (!guess)
    return failFrom(guess);
  return guess->first(std::min<size_t>(guess->size(), most));
}

/// One call of the decoder for `samples`, and the tokens that come of it.
Result<void> Generating::runLive(std::span<const uint64_t> samples) {
  std::span<const int32_t> guess;
  tokens.clear();
  positions.clear();
  numbers.clear();
  for (uint64_t sample : samples) {
    auto found = guessed(sample);
    if (!found)
      return failFrom(found);
    guess = *found; // of the only sample, where there is one
    auto add = [&](int32_t token, uint64_t position) {
      tokens.push_back(token);
      positions.push_back(int32_t(position));
      numbers.push_back(int32_t(sample));
    };
    add(sequences[sample].next, sequences[sample].position);
    for (size_t i = 0; i < guess.size(); ++i)
      add(guess[i], sequences[sample].position + 1 + i);
  }
  rows.clear();
  for (size_t i = 0; i < tokens.size(); ++i)
    rows.push_back(int32_t(i));
  auto logits = forward(decoder, {tokens, positions, numbers, rows});
  if (!logits)
    return failFrom(logits);

  const uint64_t vocabulary = decoder.vocabulary();
  const uint64_t acceptedBefore = result.acceptedTokens;
  uint64_t row = 0;
  for (uint64_t sample : samples) {
    Sequence &sequence = sequences[sample];
    // A token that was guessed right makes the row behind it count too.
    for (uint64_t i = 0; i <= guess.size() && sequence.isLive; ++i) {
      if (i > 0 && sequence.next != guess[i - 1])
        break;
      result.acceptedTokens += i > 0;
      ++sequence.position;
      ++result.decodedTokens;
      if (sample == 0)
        result.held = sequence.position;
      if (auto taken = take(sample, logits->subspan((row + i) * vocabulary, vocabulary)); !taken)
        return taken;
    }
    row += 1 + guess.size();
  }
  if (!guess.empty()) {
    const uint64_t accepted = result.acceptedTokens - acceptedBefore;
    draftLength.report(guess.size(), accepted);
    result.draftedTokens += guess.size();
  }
  return {};
}

Result<void> Generating::step() {
  live.clear();
  for (uint64_t i = 0; i < sequences.size(); ++i)
    if (sequences[i].isLive)
      live.push_back(i);
  const uint64_t most = std::min(decoder.tokensPerCall(), decoder.rowsPerCall());
  for (std::span<const uint64_t> rest = live; !rest.empty();) {
    isInterrupted = !isAllowed();
    if (isInterrupted)
      return {};
    const auto part = rest.first(std::min<size_t>(rest.size(), most));
    if (auto ran = runLive(part); !ran)
      return ran;
    rest = rest.subspan(part.size());
  }
  ++result.decodeSteps;
  return {};
}

Result<Generation> Generating::run() {
  if (auto checked = check(decoder, prompt.size(), options); !checked)
    return failFrom(checked);
  begin();
  auto start = std::chrono::steady_clock::now();
  if (auto read = readPrompt(); !read)
    return failFrom(read);
  result.promptSeconds = secondsSince(start);

  start = std::chrono::steady_clock::now();
  auto isLive = [](const Sequence &sequence) { return sequence.isLive; };
  while (options.newTokens > 0 && !isInterrupted && std::ranges::any_of(sequences, isLive))
    if (auto stepped = step(); !stepped)
      return failFrom(stepped);
  for (uint64_t i = 0; i < sequences.size(); ++i)
    if (sequences[i].isLive)
      stop(i, isInterrupted ? Stop::Interrupted : Stop::Limit);
  result.decodeSeconds = secondsSince(start);
  return std::move(result);
}

} // namespace

Result<Generation> generate(Decoder &decoder, Sampler &sampler, std::span<const int32_t> prompt,
                            const GenerateOptions &options, const OnToken &onToken,
                            const KeepGoing &keepGoing) {
  return Generating(decoder, sampler, prompt, options, onToken, keepGoing).run();
}

} // namespace weft
