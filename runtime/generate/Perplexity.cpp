#include "runtime/generate/Perplexity.h"

#include "runtime/generate/sampling/LogProbabilities.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace weft {

double Perplexity::value() const { return std::exp(negativeLogLikelihood / double(tokens)); }

double negativeLogProbability(std::span<const float> logits, int32_t id) {
  return logSumExp(logits) - double(logits[size_t(id)]);
}

namespace {

/// The options with their defaults filled in.
Result<PerplexityOptions> resolve(PerplexityOptions options, const Decoder &decoder) {
  const uint64_t prefix = options.prefix.size();
  if (options.window == 0)
    options.window = decoder.context();
  if (options.window > decoder.context() || options.window < prefix + 2)
    return fail("expected a window of " + std::to_string(prefix + 2) + " to " +
                std::to_string(decoder.context()) + " tokens (the context), found " +
                std::to_string(options.window));
  const uint64_t longest = options.window - std::max<uint64_t>(prefix, 1);
  if (options.stride == 0)
    options.stride = std::clamp<uint64_t>(options.window / 2, 1, longest);
  if (options.stride > longest)
    return fail("expected a stride of 1 to " + std::to_string(longest) +
                " tokens for a window of " + std::to_string(options.window) + ", found " +
                std::to_string(options.stride));
  return options;
}

} // namespace

Result<Perplexity> perplexity(Decoder &decoder, std::span<const int32_t> text,
                              const PerplexityOptions &given,
                              const std::function<void(const Perplexity &)> &onProgress,
                              const KeepGoing &keepGoing) {
  auto options = resolve(given, decoder);
  if (!options)
    return failFrom(options);
  const uint64_t prefix = options->prefix.size();
  const uint64_t room = options->window - prefix; // tokens of the text in a window
  if (text.size() + prefix < 2 || text.empty())
    return fail("the text has " + std::to_string(text.size()) +
                " tokens, too few to score any of them");
  for (int32_t id : text)
    if (id < 0 || uint64_t(id) >= decoder.vocabulary())
      return fail("expected token ids below " + std::to_string(decoder.vocabulary()) +
                  " (the vocabulary), found " + std::to_string(id));

  Perplexity result;
  result.window = options->window;
  result.stride = options->stride;
  std::vector<int32_t> window;
  uint64_t scored = prefix > 0 ? 0 : 1; // first token of the text not scored yet
  uint64_t end = std::min<uint64_t>(text.size(), room);
  while (true) {
    const uint64_t start = end - std::min(end, room);
    window.assign(options->prefix.begin(), options->prefix.end());
    window.insert(window.end(), text.begin() + std::ptrdiff_t(start),
                  text.begin() + std::ptrdiff_t(end));
    auto score = [&](uint64_t index, std::span<const float> logits) -> Result<void> {
      const double loss = negativeLogProbability(logits, window[index + 1]);
      if (std::isnan(loss))
        return fail("the model gave logits that are not numbers at token " +
                    std::to_string(start + index + 1 - prefix) +
                    " of the text; its weights or its compiled code are broken");
      result.negativeLogLikelihood += loss;
      ++result.tokens;
      return {};
    };
    // Nothing is predicted from the last token, so it is not fed.
    const std::span<const int32_t> fed(window.data(), window.size() - 1);
    auto count = feed(decoder, fed, 0, prefix + scored - start - 1, score, keepGoing);
    if (!count)
      return failFrom(count);
    if (*count < fed.size()) {
      result.interrupted = true;
      return result;
    }
    ++result.windows;
    if (onProgress)
      onProgress(result);
    if (end == text.size())
      return result;
    scored = end;
    end = std::min<uint64_t>(text.size(), end + options->stride);
  }
}

} // namespace weft
