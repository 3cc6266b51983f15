// Whether what is asked of a decoder can be.
#pragma once

#include "runtime/generate/BeamSearch.h"
#include "runtime/generate/Generator.h"

namespace weft {

/// What generate() and beamSearch() refuse before they begin.
Result<void> check(const Decoder &decoder, uint64_t promptTokens, const GenerateOptions &options);
Result<void> check(const Decoder &decoder, uint64_t promptTokens, const BeamOptions &options);

} // namespace weft
