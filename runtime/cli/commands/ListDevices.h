// weft --list-devices: the devices that can run a model here.
#pragma once

#include "runtime/base/Error.h"

#include <string>
#include <vector>

namespace weft::cli {

/// Writes every device of this machine, including those of `plugins` and of $WEFT_PLUGIN_PATH: a
/// line for each, or one JSON array. Returns an ExitCode. Errors: a plug-in that cannot be loaded.
Result<int> listDevices(const std::vector<std::string> &plugins, bool json);

} // namespace weft::cli
