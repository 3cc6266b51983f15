// The options with which commands open a model.
#pragma once

#include "runtime/complete/LoadedModel.h"

namespace CLI {
class App;
} // namespace CLI

namespace weft::cli {

using complete::LoadedModel;
using complete::LoadOptions;

/// Adds the positional MODEL, and --require-signed. `options` must outlive the parsing.
void addModelPath(CLI::App &command, LoadOptions &options);
/// Adds --device, --plugin, --threads, --context, --variants and --batch. `options` must outlive
/// the parsing.
void addSessionOptions(CLI::App &command, LoadOptions &options);

} // namespace weft::cli
