#include "runtime/generate/sampling/SamplerOptions.h"

#include <cmath>
#include <limits>
#include <string>

namespace weft {

// Comparisons are written so that NaN fails each of them.
Result<void> check(const SamplerOptions &options) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  auto expected = [](const char *what, double found) {
    return fail("expected " + std::string(what) + ", found " + std::to_string(found));
  };
  if (!(options.temperature >= 0 && options.temperature < infinity))
    return expected("a temperature of at least 0", options.temperature);
  if (!(options.topP > 0 && options.topP <= 1))
    return expected("top-p above 0 and at most 1", options.topP);
  if (!(options.minP >= 0 && options.minP <= 1))
    return expected("min-p between 0 and 1", options.minP);
  if (!(options.typicalP > 0 && options.typicalP <= 1))
    return expected("typical-p above 0 and at most 1", options.typicalP);
  if (!(options.repetitionPenalty > 0 && options.repetitionPenalty < infinity))
    return expected("a repetition penalty above 0", options.repetitionPenalty);
  if (!std::isfinite(options.presencePenalty))
    return expected("a presence penalty that is a number", options.presencePenalty);
  if (!std::isfinite(options.frequencyPenalty))
    return expected("a frequency penalty that is a number", options.frequencyPenalty);
  for (const LogitBias &bias : options.logitBias) {
    if (bias.id < 0)
      return fail("expected the bias of a token of id 0 or more, found " + std::to_string(bias.id));
    if (!(bias.bias < std::numeric_limits<float>::infinity()))
      return fail("expected a bias of token " + std::to_string(bias.id) +
                  " that is a number or minus infinity, found " + std::to_string(bias.bias));
  }
  return {};
}

} // namespace weft
