#include "runtime/complete/Complete.h"

#include "runtime/complete/Continuation.h"
#include "runtime/generate/BeamSearch.h"
#include "runtime/text/tokenizer/decode/TokenBytes.h"
#include "runtime/base/Utf8.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace weft::cli {

namespace {

/// {"id", "token", "bytes", "logprob"}: "token" is the text that it adds, and only where that is no
/// UTF-8, as a part of a character is none, there are its "bytes" too.
Json describe(const LogProbabilities::Token &token, const text::TokenBytes &tokenBytes) {
  const std::string bytes = tokenBytes.of(token.id, false);
  Json described = {{"id", token.id}, {"token", repairUtf8(bytes)}};
  if (!isValidUtf8(bytes))
    described["bytes"] = std::vector<uint8_t>(bytes.begin(), bytes.end());
  described["logprob"] = token.value;
  return described;
}

Json describe(const LogProbabilities &logProbabilities, int32_t id,
              const text::TokenBytes &tokenBytes) {
  Json described = describe({id, logProbabilities.taken}, tokenBytes);
  described["best"] = Json::array();
  for (const LogProbabilities::Token &best : logProbabilities.best)
    described["best"].push_back(describe(best, tokenBytes));
  return described;
}

std::string heading(const Json &texts, size_t number) {
  const Json &text = texts[number];
  const std::string score =
      text.contains("score") ? fmt::format(", score {:.4f}", text["score"].get<double>()) : "";
  return texts.size() > 1 ? fmt::format("[{} of {}{}]\n", number + 1, texts.size(), score) : "";
}

class Sampling {
public:
  Sampling(const Question &question, const AnswerOptions &options, bool live)
      : question(question), options(options), live(live) {}

  Result<void> prepare() {
    auto stops = StopStrings::make(options.stops);
    if (!stops)
      return failFrom(stops);
    for (uint64_t i = 0; i < options.samples; ++i)
      texts.emplace_back(question.tokenizer, question.ids, *stops, !live);
    logProbabilities.assign(options.samples, Json::array());
    return {};
  }

  Result<Generation> run(Decoder &decoder, GenerateOptions generateOptions) {
    auto sampler = Sampler::make(options.sampling.sampler);
    if (!sampler)
      return failFrom(sampler);
    generateOptions.samples = options.samples;
    generateOptions.logProbabilities = options.logProbabilities;
    std::optional<text::TokenBytes> tokenBytes;
    if (options.logProbabilities)
      tokenBytes.emplace(question.tokenizer);
    std::optional<Progress> progress; // where there is no text to look at meanwhile
    if (!live)
      progress.emplace("answering", options.samples * options.newTokens);
    uint64_t pushed = 0;
    auto push = [&](const NewToken &token) {
      if (progress)
        progress->update(++pushed, "");
      if (token.logProbabilities)
        logProbabilities[token.sample].push_back(
            describe(*token.logProbabilities, token.id, *tokenBytes));
      return texts[token.sample].push(token.id);
    };
    auto goOn = [&] { return texts.front().wanted() && !Interrupt::requested(); };
    auto generation = generate(decoder, *sampler, question.ids, generateOptions, push, goOn);
    for (Continuation &text : texts) {
      if (generation)
        text.finish();
      if (!text.state)
        return failFrom(text.state);
    }
    return generation;
  }

  Json describeAll(const Generation &generation) const {
    Json all = Json::array();
    for (size_t i = 0; i < texts.size(); ++i) {
      all.push_back({{"text", texts[i].text},
                     {"tokens", texts[i].ids},
                     {"stop", nameOf(generation.samples[i].stop)}});
      if (options.logProbabilities)
        all.back()["logprobs"] = logProbabilities[i];
    }
    return all;
  }

private:
  const Question &question;
  const AnswerOptions &options;
  bool live;
  std::vector<Continuation> texts;
  std::vector<Json> logProbabilities; // of each sample's tokens
};

Result<Answers> sample(const Question &question, const AnswerOptions &options,
                       const GenerateOptions &generateOptions, Decoder &decoder, bool quiet) {
  const bool live = !quiet && options.samples == 1;
  Sampling sampling(question, options, live);
  if (auto prepared = sampling.prepare(); !prepared)
    return failFrom(prepared);
  if (live)
    if (auto written = writeOutput(question.prompt); !written)
      return failFrom(written);
  auto generation = sampling.run(decoder, generateOptions);
  if (live)
    if (auto written = writeOutput("\n"); generation && !written)
      return failFrom(written);
  if (!generation)
    return failFrom(generation);
  Answers answers{sampling.describeAll(*generation), std::move(*generation)};
  if (!quiet && !live)
    if (auto written = writeAnswers(question.prompt, answers.texts); !written)
      return failFrom(written);
  return answers;
}

Result<std::string> decode(const Question &question, std::span<const int32_t> ids) {
  auto stops = StopStrings::make({});
  if (!stops)
    return failFrom(stops);
  Continuation text(question.tokenizer, question.ids, std::move(*stops), true);
  for (int32_t id : ids)
    text.push(id);
  text.finish();
  return text.state ? Result<std::string>(std::move(text.text)) : failFrom(text.state);
}

Result<Answers> search(const Question &question, const AnswerOptions &options,
                       const TokenConstraint *constraint, Decoder &decoder, bool quiet) {
  const BeamOptions beams = {.width = options.beams,
                             .best = options.samples,
                             .newTokens = options.newTokens,
                             .endIds = question.endIds,
                             .held = 0,
                             .constraint = constraint,
                             .lengthPenalty = options.lengthPenalty};
  auto found = beamSearch(decoder, question.ids, beams,
                          [] { return !outputClosed() && !Interrupt::requested(); });
  if (!found)
    return failFrom(found);
  Answers answers;
  Generation &took = answers.generation;
  for (const BeamText &text : found->texts) {
    auto decoded = decode(question, text.ids);
    if (!decoded)
      return failFrom(decoded);
    answers.texts.push_back({{"text", std::move(*decoded)},
                             {"tokens", text.ids},
                             {"stop", nameOf(text.stop)},
                             {"score", text.score},
                             {"logprob", text.logProbability}});
    took.samples.push_back({text.stop, text.ids.size()});
    took.newTokens += text.ids.size();
  }
  took.promptTokens = found->promptTokens;
  took.decodeSteps = found->decodeSteps;
  took.decodedTokens = found->decodeSteps;
  took.promptSeconds = found->promptSeconds;
  took.decodeSeconds = found->decodeSeconds;
  if (!quiet)
    if (auto written = writeAnswers(question.prompt, answers.texts); !written)
      return failFrom(written);
  return answers;
}

} // namespace

bool Answers::interrupted() const {
  return std::ranges::any_of(generation.samples, [](const Generation::Sample &sample) {
    return sample.stop == Stop::Interrupted;
  });
}

Result<Answers> answer(const Question &question, const AnswerOptions &options,
                       const LoadOptions &model, Decoder &decoder, bool quiet) {
  if (auto fits = checkPrompt(decoder, question.ids.size()); !fits)
    return failFrom(fits);
  auto constraint = makeConstraint(options.form, question.form, question.tokenizer,
                                   decoder.vocabulary(), question.endIds, &question.ids);
  if (!constraint)
    return failFrom(constraint);
  if (options.beams)
    return search(question, options, constraint->get(), decoder, quiet);
  auto speculation = openSpeculation(options.speculation, model, decoder);
  if (!speculation)
    return failFrom(speculation);
  GenerateOptions generateOptions;
  generateOptions.newTokens = options.newTokens;
  generateOptions.endIds = question.endIds;
  generateOptions.constraint = constraint->get();
  generateOptions.drafter = speculation->drafter.get();
  return sample(question, options, generateOptions, decoder, quiet);
}

Result<void> writeAnswers(const std::string &prompt, const Json &texts) {
  for (size_t i = 0; i < texts.size(); ++i)
    if (auto written = writeOutput(heading(texts, i) + prompt +
                                   texts[i]["text"].get_ref<const std::string &>() + "\n");
        !written)
      return written;
  return {};
}

} // namespace weft::cli
