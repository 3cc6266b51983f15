// The options of sampling that commands share.
#pragma once

#include "runtime/generate/sampling/SamplerOptions.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace weft::cli {

struct SamplingOptions {
  SamplerOptions sampler;
  /// As given: ID=BIAS or "TEXT"=BIAS, of the right form.
  std::vector<std::string> biases;
  CLI::Option *seed = nullptr;
  /// All but the seed.
  std::vector<CLI::Option *> options;

  /// A seed of its own where none was asked for, short enough to be typed again.
  void drawSeed();
  /// Turns `biases` into those of the sampler. Errors: a text that is not one token, an id that
  /// is not below `vocabulary`.
  Result<void> resolveBiases(const text::Tokenizer &tokenizer, uint32_t vocabulary);
  /// The name of one of `options` that was given; "" where none was.
  std::string given() const;
};

/// --temperature, --top-k, --typical-p, --top-p, --min-p, the penalties, --logit-bias and
/// --seed. `options` must outlive the parsing.
void addSamplingOptions(CLI::App &command, SamplingOptions &options);

} // namespace weft::cli
