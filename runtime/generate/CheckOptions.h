// Checks of options against a decoder's limits.
#pragma once

#include "runtime/generate/BeamSearch.h"
#include "runtime/generate/Generator.h"

namespace weft {

/// Returns the error with which generate() or beamSearch() refuses the options, if any.
Result<void> check(const Decoder &decoder, uint64_t promptTokens, const GenerateOptions &options);
Result<void> check(const Decoder &decoder, uint64_t promptTokens, const BeamOptions &options);

} // namespace weft
