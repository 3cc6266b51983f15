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

/// What is given of sampling beside numbers.
struct SamplingArguments {
  /// ID=BIAS or "TEXT"=BIAS, each well-formed.
  std::vector<std::string> biases;
  CLI::Option *seed = nullptr;
  /// All but the seed.
  std::vector<CLI::Option *> options;

  /// The name of one of `options` that was given; "" where none was.
  std::string given() const;
};

/// Adds --temperature, --top-k, --typical-p, --top-p, --min-p, the penalties, --logit-bias and
/// --seed. `sampler` and `arguments` must outlive the parsing.
void addSamplingOptions(CLI::App &command, SamplerOptions &sampler, SamplingArguments &arguments);

/// Draws a seed where none was given, short enough to be typed again.
void drawSeed(SamplerOptions &sampler, const SamplingArguments &arguments);

/// The biases of `given`, which are as of SamplingArguments. Errors: a text that is not one token,
/// an id that is not below `vocabulary`.
Result<std::vector<LogitBias>> resolveBiases(const std::vector<std::string> &given,
                                             const text::Tokenizer &tokenizer, uint32_t vocabulary);

} // namespace weft::cli
