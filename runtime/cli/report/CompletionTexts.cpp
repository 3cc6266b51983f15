#include "runtime/cli/report/CompletionTexts.h"

#include "runtime/base/Utf8.h"
#include "runtime/text/tokenizer/decode/TokenBytes.h"

#include <fmt/format.h>

namespace weft::cli {

namespace {

/// {"id", "token", "bytes", "logprob"}: "token" is the text that it adds, and only where that is no
/// UTF-8, as a part of a character is none, there are its "bytes" too.
Json describeToken(const LogProbabilities::Token &token, const text::TokenBytes &tokenBytes) {
  const std::string bytes = tokenBytes.of(token.id, false);
  Json described = {{"id", token.id}, {"token", repairUtf8(bytes)}};
  if (!isValidUtf8(bytes))
    described["bytes"] = std::vector<uint8_t>(bytes.begin(), bytes.end());
  described["logprob"] = token.value;
  return described;
}

Json describeProbabilities(const complete::Completion &completion,
                           const text::TokenBytes &tokenBytes) {
  Json all = Json::array();
  for (size_t i = 0; i < completion.logProbabilities.size(); ++i) {
    const LogProbabilities &probabilities = completion.logProbabilities[i];
    Json described = describeToken({completion.ids[i], probabilities.taken}, tokenBytes);
    described["best"] = Json::array();
    for (const LogProbabilities::Token &best : probabilities.best)
      described["best"].push_back(describeToken(best, tokenBytes));
    all.push_back(std::move(described));
  }
  return all;
}

} // namespace

Json describe(std::span<const complete::Completion> texts, const text::Tokenizer &tokenizer) {
  std::optional<text::TokenBytes> tokenBytes; // takes a while to make
  Json all = Json::array();
  for (const complete::Completion &text : texts) {
    Json described = {{"text", text.text}, {"tokens", text.ids}, {"stop", nameOf(text.stop)}};
    if (!text.logProbabilities.empty()) {
      if (!tokenBytes)
        tokenBytes.emplace(tokenizer);
      described["logprobs"] = describeProbabilities(text, *tokenBytes);
    }
    if (text.beam) {
      described["score"] = text.beam->score;
      described["logprob"] = text.beam->logProbability;
    }
    all.push_back(std::move(described));
  }
  return all;
}

Result<void> writeTexts(const std::string &prompt, std::span<const complete::Completion> texts) {
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string score =
        texts[i].beam ? fmt::format(", score {:.4f}", texts[i].beam->score) : "";
    const std::string heading =
        texts.size() > 1 ? fmt::format("[{} of {}{}]\n", i + 1, texts.size(), score) : "";
    if (auto written = writeText(heading + prompt + texts[i].text + "\n"); !written)
      return written;
  }
  return {};
}

} // namespace weft::cli
