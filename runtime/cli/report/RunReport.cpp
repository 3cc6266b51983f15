#include "runtime/cli/report/RunReport.h"

#include "runtime/cli/report/CompletionTexts.h"

#include <fmt/format.h>
#include <map>
#include <string_view>

namespace weft::cli {

namespace {

double rate(uint64_t tokens, double seconds) { return seconds > 0 ? double(tokens) / seconds : 0; }

const char *explain(Stop stop) {
  switch (stop) {
  case Stop::End:
    return "end of text";
  case Stop::StopString:
    return "a stop string";
  case Stop::Limit:
    return "as many tokens as asked for";
  case Stop::Context:
    return "the context is full";
  case Stop::Interrupted:
    return "interrupted";
  }
  return "";
}

/// "end of text", or of several samples "end of text (2), interrupted (1)".
std::string explain(const Generation &generation) {
  std::map<Stop, int> counts;
  for (const Generation::Sample &sample : generation.samples)
    ++counts[sample.stop];
  std::string text;
  for (const auto &[stop, count] : counts)
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", explain(stop),
                        generation.samples.size() > 1 ? fmt::format(" ({})", count) : "");
  return text;
}

/// Prompt and completions; a single one is not in an array of its own.
Json describeTexts(const std::string &prompt, const Json &texts) {
  Json described = {{"prompt", prompt}};
  if (texts.size() == 1)
    described.update(texts.front());
  else
    described["answers"] = texts;
  return described;
}

} // namespace

Json RunReport::describe(const complete::Completions &completions) const {
  const Generation &took = completions.generation;
  Json described = describeTexts(prompt, cli::describe(completions.texts, tokenizer));
  described.update({{"prompt_tokens", took.promptTokens},
                    {"new_tokens", took.newTokens},
                    {"seed", seed},
                    {"load_seconds", model.loadSeconds},
                    {"prompt_seconds", took.promptSeconds},
                    {"decode_seconds", took.decodeSeconds},
                    {"prompt_tokens_per_second", rate(took.promptTokens, took.promptSeconds)},
                    {"decode_tokens_per_second", rate(took.decodedTokens, took.decodeSeconds)}});
  if (took.draftedTokens > 0)
    described.update(
        {{"drafted_tokens", took.draftedTokens}, {"accepted_tokens", took.acceptedTokens}});
  if (cached)
    described["cached"] = false;
  return described;
}

Json RunReport::describe(const complete::StoredCompletion &stored) const {
  Json described = describeTexts(prompt, cli::describe(stored.texts, tokenizer));
  described.update({{"prompt_tokens", stored.promptTokens},
                    {"new_tokens", stored.newTokens},
                    {"seed", seed},
                    {"load_seconds", model.loadSeconds},
                    {"cached", true}});
  return described;
}

void RunReport::writeTiming(const complete::Completions &completions) const {
  const Generation &took = completions.generation;
  const std::string drafted =
      took.draftedTokens > 0
          ? fmt::format("drafted {} tokens, {} of them accepted ({:.0f}%)\n", took.draftedTokens,
                        took.acceptedTokens,
                        100 * double(took.acceptedTokens) / double(took.draftedTokens))
          : "";
  writeError(fmt::format("load {:.3f} s, seed {}\n"
                         "prompt {} tokens in {:.3f} s ({:.1f} tok/s), "
                         "decode {} tokens in {:.3f} s ({:.1f} tok/s), stopped: {}\n{}",
                         model.loadSeconds, seed, took.promptTokens, took.promptSeconds,
                         rate(took.promptTokens, took.promptSeconds), took.newTokens,
                         took.decodeSeconds, rate(took.decodedTokens, took.decodeSeconds),
                         explain(took), drafted));
}

void RunReport::writeTiming(const complete::StoredCompletion &stored,
                            const std::string &path) const {
  writeError(fmt::format("load {:.3f} s, seed {}\n"
                         "prompt {} tokens, completion of {} tokens stored in {}\n",
                         model.loadSeconds, seed, stored.promptTokens, stored.newTokens, path));
}

} // namespace weft::cli
