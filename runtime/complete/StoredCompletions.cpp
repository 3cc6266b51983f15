#include "runtime/complete/StoredCompletions.h"

#include "runtime/device/Registry.h"
#include "runtime/program/ProgramChoice.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weft::complete {

namespace {

using Json = nlohmann::ordered_json;

std::string hex(uint64_t hash) { return fmt::format("{:016x}", hash); }

/// As they are, UTF-8 or not.
Json bytesOf(const std::string &text) {
  return Json::binary(std::vector<uint8_t>(text.begin(), text.end()));
}

/// The driver and the chip, where code is compiled again at run time.
std::string describeDevice(const std::string &name) {
  if (name == "cpu")
    return name;
  for (const ListedDevice &device : listDevices(name.substr(0, name.find(':'))))
    if (device.name == name || device.name == name + ":0")
      return device.name + " " + device.description;
  return name;
}

Json describeSampling(const SamplerOptions &sampler) {
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

const char *nameOf(ConstraintOptions::Kind kind) {
  switch (kind) {
  case ConstraintOptions::Kind::None:
    return "none";
  case ConstraintOptions::Kind::JsonSchema:
    return "json-schema";
  case ConstraintOptions::Kind::Regex:
    return "regex";
  case ConstraintOptions::Kind::Grammar:
    return "grammar";
  }
  return "";
}

Json write(const LogProbabilities &probabilities) {
  Json best = Json::array();
  for (const LogProbabilities::Token &token : probabilities.best)
    best.push_back({token.id, token.value});
  return {probabilities.taken, best};
}

Json write(const Completion &completion) {
  Json written = {{"text", completion.text},
                  {"tokens", completion.ids},
                  {"stop", int(completion.stop)},
                  {"logprobs", Json::array()}};
  for (const LogProbabilities &probabilities : completion.logProbabilities)
    written["logprobs"].push_back(write(probabilities));
  if (completion.beam)
    written["beam"] = {completion.beam->score, completion.beam->logProbability};
  return written;
}

// What was stored is read back by exceptions of the JSON library: of the many ways in which it may
// not be what write() gave, none matters more than another.

LogProbabilities readProbabilities(const Json &written) {
  LogProbabilities probabilities = {.taken = written.at(0).get<double>(), .best = {}};
  for (const Json &token : written.at(1))
    probabilities.best.push_back({token.at(0).get<int32_t>(), token.at(1).get<double>()});
  return probabilities;
}

Completion readCompletion(const Json &written) {
  const int stop = written.at("stop").get<int>();
  if (stop < int(Stop::End) || stop > int(Stop::Interrupted))
    throw std::out_of_range("stop");
  Completion completion = {.text = written.at("text").get<std::string>(),
                           .ids = written.at("tokens").get<std::vector<int32_t>>(),
                           .stop = Stop(stop),
                           .logProbabilities = {},
                           .beam = {}};
  for (const Json &probabilities : written.at("logprobs"))
    completion.logProbabilities.push_back(readProbabilities(probabilities));
  const size_t told = completion.logProbabilities.size();
  if (told != 0 && told != completion.ids.size())
    throw std::out_of_range("logprobs");
  if (written.contains("beam"))
    completion.beam = {written["beam"].at(0).get<double>(), written["beam"].at(1).get<double>()};
  return completion;
}

/// Nothing where `text` is none of store()'s.
std::optional<StoredCompletion> parse(const std::string &text) {
  StoredCompletion stored;
  constexpr int deepest = 8; // so that what is hostile does not exhaust the stack
  try {
    const Json written =
        Json::parse(text, [](int depth, Json::parse_event_t, Json &) { return depth <= deepest; });
    stored.promptTokens = written.at("prompt_tokens").get<uint64_t>();
    for (const Json &one : written.at("texts")) {
      stored.texts.push_back(readCompletion(one));
      stored.newTokens += stored.texts.back().ids.size();
    }
  } catch (const std::exception &) {
    return std::nullopt;
  }
  return stored.texts.empty() ? std::nullopt : std::optional(std::move(stored));
}

} // namespace

Result<std::string> requestKey(const CompletionRequest &request, const LoadedModel &model,
                               const SessionOptions &session) {
  auto device = makeDevice(session.device, 1);
  if (!device)
    return failFrom(device);
  DevicePool pool(1);
  auto program = chooseProgram(*model.artifact, **device, pool);
  if (!program)
    return failFrom(program);
  const CompletionOptions &options = request.options;
  Json stops = Json::array();
  for (const std::string &stop : options.stops)
    stops.push_back(bytesOf(stop));
  Json key = {{"weft", WEFT_VERSION},
              {"artifact", hex(model.artifact->contentHash())},
              {"code", hex((*program)->code()->hash())},
              {"device", describeDevice(session.device)},
              {"context", session.context},
              {"prompt", request.prompt},
              {"constraint", nameOf(options.constraint.kind)},
              {"constraint_source", bytesOf(options.constraint.source)},
              {"new_tokens", options.newTokens},
              {"stop", stops},
              {"samples", options.samples},
              {"beams", options.beams}};
  if (request.endIds != model.endIds())
    key["end_ids"] = request.endIds;
  if (options.beams)
    key["length_penalty"] = options.lengthPenalty;
  else
    key["sampling"] = describeSampling(options.sampler);
  if (options.logProbabilities)
    key["logprobs"] = *options.logProbabilities;
  return key.dump();
}

StoredCompletions::StoredCompletions(std::string file, uint64_t mostBytes, std::string key,
                                     OnTrouble onTrouble)
    : file(std::move(file)), key(std::move(key)), onTrouble(std::move(onTrouble)) {
  auto opened = CompletionCache::open(this->file, mostBytes);
  if (opened)
    cache = std::move(*opened);
  else
    giveUp(opened.error().message);
}

void StoredCompletions::giveUp(const std::string &why) {
  cache.reset();
  std::string line = why;
  std::ranges::replace(line, '\n', ' ');
  onTrouble(line);
}

std::optional<StoredCompletion> StoredCompletions::find() {
  if (!cache)
    return std::nullopt;
  auto found = cache->find(key);
  if (!found) {
    giveUp(found.error().message);
    return std::nullopt;
  }
  if (!*found)
    return std::nullopt;
  auto stored = parse(**found);
  if (!stored)
    giveUp(file + ": the stored completion is none of weft's; remove the file or name another");
  return stored;
}

void StoredCompletions::store(const Completions &completions) {
  if (!cache || completions.interrupted())
    return;
  Json written = {{"prompt_tokens", completions.generation.promptTokens}, {"texts", Json::array()}};
  for (const Completion &completion : completions.texts)
    written["texts"].push_back(write(completion));
  const auto done = cache->store(key, written.dump(-1, ' ', false, Json::error_handler_t::replace));
  if (!done)
    giveUp(done.error().message);
}

} // namespace weft::complete
