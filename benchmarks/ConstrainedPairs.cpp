// What a constraint costs in decoding: the same model free and under a JSON Schema, in turn, in one
// process, so that both see the same machine.
//
//   build/bin/constrained_pairs model.weft schema.json [rounds]
#include "runtime/cli/options/Arguments.h"
#include "runtime/complete/LoadedModel.h"
#include "runtime/constrain/GrammarConstraint.h"
#include "runtime/constrain/schema/JsonSchema.h"
#include "runtime/generate/Generator.h"
#include "runtime/text/tokenizer/decode/TokenBytes.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace weft;

namespace {

constexpr uint64_t context = 128, tokens = 48;

[[noreturn]] void refuse(const std::string &why) {
  std::fprintf(stderr, "constrained_pairs: %s\n", why.c_str());
  std::exit(1);
}

template <typename T> T value(Result<T> result) {
  if (!result)
    refuse(result.error().message);
  return std::move(*result);
}

double quantile(std::vector<double> values, double part) {
  std::ranges::sort(values);
  return values[size_t(part * double(values.size() - 1) + 0.5)];
}

struct Setup {
  complete::LoadedModel model;
  std::shared_ptr<const constrain::CompiledGrammar> grammar;
  std::vector<int32_t> endIds;
};

Setup prepare(const char *model, const char *schemaFile) {
  complete::LoadOptions options;
  options.path = model;
  options.session.context = context;
  Setup setup{value(complete::openModel(options)), nullptr, {}};
  setup.endIds = setup.model.endIds();
  auto tokenizer = value(complete::openTokenizer(*setup.model.artifact));
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::string> bytes = text::tokenBytes(*tokenizer);
  bytes.resize(setup.model.session->vocabulary());
  const auto grammar = value(constrain::grammarOfJsonSchema(value(cli::readAll(schemaFile))));
  setup.grammar = value(constrain::CompiledGrammar::make(grammar, bytes, setup.endIds));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf("vocabulary of %zu, constraint in %.3f s: %s\n", bytes.size(), took.count(),
              setup.grammar->describe().c_str());
  return setup;
}

struct Run {
  double secondsPerToken = 0;
  uint64_t tokens = 0;
};

/// A text that the constraint may end early, or a free one of any tokens, from the same place on.
Run decode(Setup &setup, double temperature, uint64_t seed, bool constrained) {
  SessionDecoder decoder(*setup.model.session);
  SamplerOptions options;
  options.temperature = temperature;
  options.topK = 40; // of random weights, whose probabilities are all alike, top-p keeps most
  options.topP = 1;
  options.seed = seed;
  Sampler sampler = value(Sampler::make(options));
  const constrain::GrammarConstraint constraint(setup.grammar);
  GenerateOptions generateOptions;
  generateOptions.newTokens = tokens;
  if (constrained) {
    generateOptions.constraint = &constraint;
    generateOptions.endIds = setup.endIds;
  }
  const int32_t prompt[] = {1, 2, 3};
  auto generation = value(
      generate(decoder, sampler, prompt, generateOptions, [](const NewToken &) { return true; }));
  const uint64_t decoded = std::max<uint64_t>(generation.decodedTokens, 1);
  return {generation.decodeSeconds / double(decoded), decoded};
}

void compare(Setup &setup, const char *name, double temperature, int rounds) {
  std::array<std::vector<double>, 2> seconds;
  std::vector<double> ratios;
  uint64_t constrainedTokens = 0;
  for (int round = 0; round < rounds; ++round) {
    std::array<Run, 2> runs;
    for (int constrained : {round % 2, 1 - round % 2})
      runs[size_t(constrained)] = decode(setup, temperature, uint64_t(round / 2), constrained);
    for (size_t i : {0, 1})
      seconds[i].push_back(runs[i].secondsPerToken);
    constrainedTokens += runs[1].tokens;
    ratios.push_back(runs[1].secondsPerToken / runs[0].secondsPerToken);
  }
  std::printf("%s: free %.3f ms a token, constrained %.3f ms (%.0f tokens a text); "
              "time %+.2f%%: median of %d pairs (quartiles %+.2f%% to %+.2f%%)\n",
              name, 1e3 * quantile(seconds[0], 0.5), 1e3 * quantile(seconds[1], 0.5),
              double(constrainedTokens) / rounds, 100 * (quantile(ratios, 0.5) - 1), rounds,
              100 * (quantile(ratios, 0.25) - 1), 100 * (quantile(ratios, 0.75) - 1));
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 3 || argc > 4)
    refuse("expected: constrained_pairs MODEL.weft SCHEMA.json [ROUNDS]");
  const int rounds = argc == 4 ? std::atoi(argv[3]) : 40;
  if (rounds < 1)
    refuse(std::string("expected a number of rounds of at least 1, found ") + argv[3]);
  Setup setup = prepare(argv[1], argv[2]);
  compare(setup, "drawn, temperature 0.8, top-k 40", 0.8, rounds);
  compare(setup, "greedy", 0, rounds);
}
