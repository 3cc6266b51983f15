// Commands that are separate programs, because they need libraries that `weft` does not link.
#pragma once

#include <string>

namespace weft::cli {

/// Replaces this process by the program `weft-NAME` in the same folder, with the arguments after
/// the first one (execv). Returns only on failure, with the reason in one line.
std::string becomeProgram(const std::string &name, char **argv);

} // namespace weft::cli
