#include "runtime/complete/StoredCompletions.h"

#include "runtime/cli/options/Arguments.h"
#include "runtime/cli/terminal/LineReader.h"
#include "runtime/device/Registry.h"
#include "runtime/program/ProgramChoice.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>

namespace weft::cli {

namespace {

constexpr const char *defaultFile = "default";

std::string hex(uint64_t hash) { return fmt::format("{:016x}", hash); }

/// As they are, UTF-8 or not.
Json bytesOf(const std::string &text) {
  return Json::binary(std::vector<uint8_t>(text.begin(), text.end()));
}

/// The driver and the chip, where code is compiled again at run time.
std::string describeDevice(const std::string &name) {
  if (name == "cpu")
    return name;
  for (const ListedDevice &device : listDevices())
    if (device.name == name || device.name == name + ":0")
      return device.name + " " + device.description;
  return name;
}

Json describeSampling(const AnswerOptions &options) {
  const SamplerOptions &sampler = options.sampling.sampler;
  Json described = {{"temperature", sampler.temperature},
                    {"repetition_penalty", sampler.repetitionPenalty},
                    {"presence_penalty", sampler.presencePenalty},
                    {"frequency_penalty", sampler.frequencyPenalty},
                    {"penalty_window", sampler.penaltyWindow},
                    {"logit_bias", Json::array()}};
  for (const LogitBias &bias : sampler.logitBias) // infinity would be written as null
    described["logit_bias"].push_back({bias.id, fmt::format("{}", bias.bias)});
  if (sampler.temperature == 0)
    return described;
  described["top_k"] = sampler.topK;
  described["typical_p"] = sampler.typicalP;
  described["top_p"] = sampler.topP;
  described["min_p"] = sampler.minP;
  described["seed"] = sampler.seed;
  return described;
}

/// Texts as Answers has them; nothing where they are not.
std::optional<StoredAnswer> parse(const std::string &text) {
  StoredAnswer answer;
  constexpr int deepest = 8; // what is written from these has to be bounded
  const Json stored = Json::parse(
      text, [](int depth, Json::parse_event_t, Json &) { return depth <= deepest; }, false);
  if (!stored.is_object() || !stored.contains("texts") || !stored["texts"].is_array())
    return std::nullopt;
  answer.texts = stored["texts"];
  for (const Json &one : answer.texts) {
    const bool whole = one.is_object() && one.contains("text") && one["text"].is_string() &&
                       one.contains("tokens") && one["tokens"].is_array() &&
                       (!one.contains("score") || one["score"].is_number());
    if (!whole)
      return std::nullopt;
    answer.newTokens += one["tokens"].size();
  }
  answer.promptTokens = stored.value("prompt_tokens", Json()).is_number_unsigned()
                            ? stored["prompt_tokens"].get<uint64_t>()
                            : 0;
  return answer.texts.empty() ? std::nullopt : std::optional(std::move(answer));
}

} // namespace

void addCacheOptions(CLI::App &command, CacheOptions &options) {
  const OptionGroup group(command, "Stored answers");
  options.cache = command.add_flag(
      std::string("--cache{") + defaultFile + "}", options.file,
      "Keep answers, and give one at once where all that decides it is the same; "
      "--cache=FILE keeps them there (default: answers.db in the state folder). The "
      "seed is 0 unless given");
  command
      .add_option("--cache-limit", options.mebibytes,
                  "Most MiB of answers to keep; those not used for longest go first")
      ->type_name("MIB")
      ->check(wholeNumber(1, 1 << 20))
      ->capture_default_str()
      ->needs(options.cache);
}

Result<std::string> requestOf(const Question &question, const AnswerOptions &options,
                              const LoadedModel &model, const SessionOptions &session) {
  auto device = makeDevice(session.device, 1);
  if (!device)
    return failFrom(device);
  auto program = chooseProgram(*model.artifact, **device);
  if (!program)
    return failFrom(program);
  Json stops = Json::array();
  for (const std::string &stop : options.stops)
    stops.push_back(bytesOf(stop));
  Json request = {{"weft", WEFT_VERSION},
                  {"artifact", hex(model.artifact->contentHash())},
                  {"code", hex((*program)->code()->hash())},
                  {"device", describeDevice(session.device)},
                  {"context", session.context},
                  {"prompt", question.ids},
                  {"form", bytesOf(question.form)},
                  {"regex", !options.form.regex.empty()},
                  {"grammar", !options.form.grammar.empty()},
                  {"new_tokens", options.newTokens},
                  {"stop", stops},
                  {"samples", options.samples},
                  {"beams", options.beams}};
  if (!options.stopTokens.empty())
    request["end_ids"] = question.endIds;
  if (options.beams)
    request["length_penalty"] = options.lengthPenalty;
  else
    request["sampling"] = describeSampling(options);
  if (options.logProbabilities)
    request["logprobs"] = *options.logProbabilities;
  return request.dump();
}

StoredAnswers::StoredAnswers(const CacheOptions &options, std::string request)
    : file(options.file), request(std::move(request)) {
  if (file == defaultFile) {
    auto path = stateFile("answers.db");
    if (!path) {
      giveUp(path.error().message);
      return;
    }
    file = *path;
  }
  auto opened = complete::CompletionCache::open(file, options.mebibytes << 20);
  if (opened)
    cache = std::move(*opened);
  else
    giveUp(opened.error().message);
}

void StoredAnswers::giveUp(const std::string &why) {
  cache.reset();
  std::string line = why;
  std::ranges::replace(line, '\n', ' ');
  writeError("weft: going on without the answer cache: " + line + "\n");
}

std::optional<StoredAnswer> StoredAnswers::find() {
  if (!cache)
    return std::nullopt;
  auto found = cache->find(request);
  if (!found) {
    giveUp(found.error().message);
    return std::nullopt;
  }
  if (!*found)
    return std::nullopt;
  auto answer = parse(**found);
  if (!answer)
    giveUp(file + ": the stored answer is none of weft's; remove the file or name another");
  return answer;
}

void StoredAnswers::store(const Answers &answers) {
  if (!cache || answers.interrupted())
    return;
  const Json stored = {{"prompt_tokens", answers.generation.promptTokens},
                       {"texts", answers.texts}};
  const auto done =
      cache->store(request, stored.dump(-1, ' ', false, Json::error_handler_t::replace));
  if (!done)
    giveUp(done.error().message);
}

} // namespace weft::cli
