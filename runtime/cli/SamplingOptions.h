// The options of sampling that commands share.
#pragma once

#include "runtime/generate/Sampler.h"

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace weft::cli {

struct SamplingOptions {
  SamplerOptions sampler;
  CLI::Option *seed = nullptr;

  /// A seed of its own where none was asked for, short enough to be typed again.
  void drawSeed();
};

/// --temperature, --top-k, --top-p, --min-p and --seed. `options` must outlive the parsing.
void addSamplingOptions(CLI::App &command, SamplingOptions &options);

} // namespace weft::cli
