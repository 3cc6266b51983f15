// What masks cost: random ways through a schema with a model's vocabulary, without the model.
//
//   build/bin/constraint_benchmark model.weft schema.json [tokens]
//   build/bin/constraint_benchmark tokenizer.json schema.json [tokens]

#include "runtime/cli/options/Arguments.h"
#include "runtime/complete/LoadedModel.h"
#include "runtime/constrain/GrammarConstraint.h"
#include "runtime/constrain/schema/JsonSchema.h"
#include "runtime/generate/sampling/ApplyMask.h"
#include "runtime/generate/sampling/Random.h"
#include "runtime/text/tokenizer/decode/TokenBytes.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace weft {
namespace {

using Clock = std::chrono::steady_clock;

double microseconds(Clock::time_point from) {
  return std::chrono::duration<double, std::micro>(Clock::now() - from).count();
}

void print(const char *what, std::vector<double> &times) {
  std::ranges::sort(times);
  double sum = 0;
  for (double time : times)
    sum += time;
  std::printf("%-12s mean %8.2f us, median %8.2f, 99%% %8.2f, most %8.2f\n", what,
              sum / double(times.size()), times[times.size() / 2], times[times.size() * 99 / 100],
              times.back());
}

/// A token that `bits` allows, any of them alike.
int32_t anyOf(const std::vector<uint64_t> &bits, Random &random) {
  std::vector<int32_t> allowed;
  for (size_t id = 0; id < bits.size() * 64; ++id)
    if (bits[id / 64] >> (id % 64) & 1)
      allowed.push_back(int32_t(id));
  return allowed[random.next() % allowed.size()];
}

/// Of an artifact, or a tokenizer.json by itself, all special tokens of which are ends then.
struct Vocabulary {
  std::vector<std::string> tokens;
  std::vector<int32_t> ends;
};

Result<Vocabulary> openVocabulary(const std::string &path) {
  Vocabulary vocabulary;
  if (path.ends_with(".json")) {
    auto text = cli::readAll(path);
    if (!text)
      return failFrom(text);
    auto tokenizer = text::Tokenizer::fromJson(*text);
    if (!tokenizer)
      return failFrom(tokenizer);
    vocabulary.tokens = text::tokenBytes(**tokenizer);
    for (size_t id = 0; id < vocabulary.tokens.size(); ++id)
      if ((*tokenizer)->isSpecial(int32_t(id)))
        vocabulary.ends.push_back(int32_t(id));
    return vocabulary;
  }
  auto model = complete::openArtifact({.path = path, .session = {}});
  if (!model)
    return failFrom(model);
  auto tokenizer = complete::openTokenizer(*model->artifact);
  if (!tokenizer)
    return failFrom(tokenizer);
  return Vocabulary{text::tokenBytes(**tokenizer), model->endIds()};
}

Result<void> run(const char *model, const char *schemaFile, size_t count) {
  auto start = Clock::now();
  auto vocabulary = openVocabulary(model);
  auto schema = cli::readAll(schemaFile);
  if (!vocabulary || !schema)
    return vocabulary ? failFrom(schema) : failFrom(vocabulary);
  const auto &[tokens, ends] = *vocabulary;
  std::printf("tokenizer and bytes of %zu tokens: %.1f ms\n", tokens.size(),
              microseconds(start) / 1000);
  start = Clock::now();
  auto grammar = constrain::grammarOfJsonSchema(*schema);
  if (!grammar)
    return failFrom(grammar);
  auto compiled = constrain::CompiledGrammar::make(*grammar, tokens, ends);
  if (!compiled)
    return failFrom(compiled);
  std::printf("compiled: %.1f ms; %s\n", microseconds(start) / 1000,
              (*compiled)->describe().c_str());

  Random random(1);
  std::vector<uint64_t> bits((tokens.size() + 63) / 64);
  std::vector<float> logits(tokens.size());
  std::vector<double> masking, applying, accepting;
  size_t documents = 0;
  for (auto constraint = std::make_unique<constrain::GrammarConstraint>(*compiled);
       masking.size() < count;) {
    start = Clock::now();
    if (auto masked = constraint->mask(bits); !masked)
      return masked;
    masking.push_back(microseconds(start));
    start = Clock::now();
    applyMask(logits, bits);
    applying.push_back(microseconds(start));
    const int32_t id = anyOf(bits, random);
    if (std::ranges::find(ends, id) != ends.end()) {
      ++documents;
      constraint = std::make_unique<constrain::GrammarConstraint>(*compiled);
      continue;
    }
    start = Clock::now();
    if (auto accepted = constraint->accept(id); !accepted)
      return accepted;
    accepting.push_back(microseconds(start));
  }
  std::printf("%zu tokens, %zu whole documents\n", count, documents);
  print("mask", masking);
  print("apply", applying);
  print("accept", accepting);
  return {};
}

} // namespace
} // namespace weft

int main(int argc, char **argv) {
  if (argc < 3) {
    std::fprintf(stderr,
                 "usage: constraint_benchmark MODEL.weft|TOKENIZER.json SCHEMA.json [TOKENS]\n");
    return 2;
  }
  const size_t count = argc > 3 ? std::max(1ul, std::strtoul(argv[3], nullptr, 10)) : 10000;
  if (auto done = weft::run(argv[1], argv[2], count); !done) {
    std::fprintf(stderr, "constraint_benchmark: %s\n", done.error().message.c_str());
    return 1;
  }
  return 0;
}
