// weft --list-devices: what can run a model here.
#pragma once

#include "runtime/base/Error.h"

#include <string>
#include <vector>

namespace weft::cli {

/// Writes every device of this machine, those of `plugins` and of $WEFT_PLUGIN_PATH among them: a
/// line each, or one JSON array. Errors: a plug-in that cannot be loaded. The value is an
/// ExitCode.
Result<int> listDevices(const std::vector<std::string> &plugins, bool json);

} // namespace weft::cli
