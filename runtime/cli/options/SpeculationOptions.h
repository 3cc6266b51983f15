// The options of speculative decoding.
#pragma once

#include "runtime/complete/Speculation.h"

namespace CLI {
class App;
} // namespace CLI

namespace weft::cli {

/// Adds --draft, --lookup and --draft-tokens. `options` must outlive the parsing.
void addSpeculationOptions(CLI::App &command, complete::SpeculationOptions &options);

} // namespace weft::cli
