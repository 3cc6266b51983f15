// Commands that are programs of their own, as they need what `weft` has not.
#pragma once

#include <string>

namespace weft::cli {

/// Becomes the program `weft-NAME` in the folder of this one, with the arguments after the first
/// one. Returns only where that fails: why, in one line.
std::string becomeProgram(const std::string &name, char **argv);

} // namespace weft::cli
