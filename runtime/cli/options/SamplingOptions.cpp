#include "runtime/cli/options/SamplingOptions.h"

#include "runtime/cli/options/Arguments.h"
#include "runtime/cli/options/TokenNames.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <random>

namespace weft::cli {

namespace {

constexpr double mostBias = 1000;

/// The two sides of ID=BIAS or "TEXT"=BIAS; a text may have any signs in it.
struct Bias {
  const std::string token, value;
  bool isText() const { return token.size() > 2 && token.front() == '"' && token.back() == '"'; }
};

Bias split(const std::string &given) {
  const size_t sign = given.rfind('=');
  if (sign == std::string::npos)
    return {};
  return {given.substr(0, sign), given.substr(sign + 1)};
}

double biasOf(const std::string &text) {
  double value = NAN;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool read = error == std::errc() && end == text.data() + text.size();
  const bool forbids = value == -INFINITY;
  return read && (forbids || std::abs(value) <= mostBias) ? value : NAN;
}

std::string checkBias(const std::string &given) {
  const Bias bias = split(given);
  const bool named = bias.isText() || wholeNumber(0, mostTokens)(bias.token).empty();
  if (named && !std::isnan(biasOf(bias.value)))
    return "";
  return fmt::format("expected ID=BIAS or \"TEXT\"=BIAS with a bias from -{0} to {0} or -inf, "
                     "found '{1}'",
                     mostBias, given);
}

} // namespace

void drawSeed(SamplerOptions &sampler, const SamplingArguments &arguments) {
  if (arguments.seed->count() == 0)
    sampler.seed = std::random_device()() & 0xffffffu;
}

Result<std::vector<LogitBias>> resolveBiases(const std::vector<std::string> &given,
                                             const text::Tokenizer &tokenizer,
                                             uint32_t vocabulary) {
  std::vector<LogitBias> biases;
  for (const std::string &one : given) {
    const Bias bias = split(one);
    const std::string name =
        bias.isText() ? bias.token.substr(1, bias.token.size() - 2) : bias.token;
    auto id = tokenNamed("--logit-bias", name, !bias.isText(), tokenizer, vocabulary);
    if (!id)
      return failFrom(id);
    biases.push_back({*id, float(biasOf(bias.value))});
  }
  return biases;
}

std::string SamplingArguments::given() const {
  for (const CLI::Option *option : options)
    if (option->count() > 0)
      return option->get_name();
  return "";
}

void addSamplingOptions(CLI::App &command, SamplerOptions &sampling, SamplingArguments &arguments) {
  const OptionGroup group(command, "Sampling");
  auto add = [&](const char *name, auto &value, const char *help, const char *type,
                 const CLI::Validator &check) {
    arguments.options.push_back(command.add_option(name, value, help)
                                    ->type_name(type)
                                    ->check(check)
                                    ->capture_default_str());
  };
  add("--temperature", sampling.temperature,
      "Divide the logits by T; 0 is greedy decoding (always the most likely token)", "T",
      realNumber(0, 100));
  add("--top-k", sampling.topK, "Keep the K most likely tokens; 0 keeps all", "K",
      wholeNumber(0, mostTokens));
  add("--typical-p", sampling.typicalP,
      "Locally typical sampling: keep the tokens whose -ln p is nearest to the entropy and that "
      "together have probability P",
      "P", realNumber(0, 1, true));
  add("--top-p", sampling.topP,
      "Nucleus sampling: keep the fewest most likely tokens that together have probability P", "P",
      realNumber(0, 1, true));
  add("--min-p", sampling.minP, "Keep tokens at least P times as likely as the most likely", "P",
      realNumber(0, 1));
  add("--repetition-penalty", sampling.repetitionPenalty,
      "Divide positive logits of tokens that occurred by R, multiply negative ones by R", "R",
      realNumber(0, 100, true));
  add("--presence-penalty", sampling.presencePenalty,
      "Subtract A from the logit of each token that occurred", "A", realNumber(-100, 100));
  add("--frequency-penalty", sampling.frequencyPenalty,
      "Subtract A from the logit of a token for each time it occurred", "A", realNumber(-100, 100));
  add("--penalty-window", sampling.penaltyWindow,
      "Penalties look at the last N tokens of prompt and text; 0: at all of them", "N",
      wholeNumber(0, mostTokens));
  arguments.options.push_back(
      command
          .add_option("--logit-bias", arguments.biases,
                      "Add BIAS to the logit of a token: ID=BIAS or '\"TEXT\"=BIAS'; -inf forbids "
                      "the token. May be repeated")
          ->type_name("TOKEN=BIAS")
          ->expected(1)
          ->take_all()
          ->check(CLI::Validator(checkBias, "")));
  arguments.seed = command
                       .add_option("--seed", sampling.seed,
                                   "Random seed: the same seed gives the same text (default: a new "
                                   "one each time, written to standard error)")
                       ->type_name("S")
                       ->check(wholeNumber(0, UINT64_MAX));
}

} // namespace weft::cli
