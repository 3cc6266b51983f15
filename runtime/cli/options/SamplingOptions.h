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

/// Sampling arguments that are not plain numbers.
struct SamplingArguments {
  /// --logit-bias as given: ID=BIAS or "TEXT"=BIAS, each well-formed.
  std::vector<std::string> biases;
  CLI::Option *seed = nullptr;
  /// All sampling options except --seed.
  std::vector<CLI::Option *> options;

  /// Returns the name of a sampling option that was used, or "" if none was.
  std::string given() const;
};

/// Adds --temperature, --top-k, --typical-p, --top-p, --min-p, the penalties, --logit-bias and
/// --seed. `sampler` and `arguments` must outlive the parsing.
void addSamplingOptions(CLI::App &command, SamplerOptions &sampler, SamplingArguments &arguments);

/// Sets a random seed if none was given, short enough to be typed again.
void drawSeed(SamplerOptions &sampler, const SamplingArguments &arguments);

/// Returns the biases of `given`, which has SamplingArguments::biases. Errors: a text that is not
/// one token, or an id that is not below `vocabulary`.
Result<std::vector<LogitBias>> resolveBiases(const std::vector<std::string> &given,
                                             const text::Tokenizer &tokenizer, uint32_t vocabulary);

} // namespace weft::cli
