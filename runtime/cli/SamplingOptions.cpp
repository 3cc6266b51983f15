#include "runtime/cli/SamplingOptions.h"

#include "runtime/cli/Arguments.h"

#include <CLI/CLI.hpp>
#include <random>

namespace weft::cli {

void SamplingOptions::drawSeed() {
  // Short enough to be typed again.
  if (seed->count() == 0)
    sampler.seed = std::random_device()() & 0xffffffu;
}

void addSamplingOptions(CLI::App &command, SamplingOptions &options) {
  SamplerOptions &sampling = options.sampler;
  command
      .add_option("--temperature", sampling.temperature,
                  "Divides the logits; 0 always takes the most likely token")
      ->type_name("T")
      ->check(realNumber(0, 100))
      ->capture_default_str();
  command.add_option("--top-k", sampling.topK, "Keep the K most likely tokens; 0 keeps all")
      ->type_name("K")
      ->check(wholeNumber(0, mostTokens))
      ->capture_default_str();
  command
      .add_option("--top-p", sampling.topP,
                  "Keep the most likely tokens that together have probability P")
      ->type_name("P")
      ->check(realNumber(0, 1, true))
      ->capture_default_str();
  command
      .add_option("--min-p", sampling.minP,
                  "Keep tokens at least P times as likely as the most likely")
      ->type_name("P")
      ->check(realNumber(0, 1))
      ->capture_default_str();
  options.seed =
      command
          .add_option("--seed", sampling.seed,
                      "Same seed, same text (default: a new one each time, on standard error)")
          ->type_name("S")
          ->check(wholeNumber(0, UINT64_MAX));
}

} // namespace weft::cli
