// How the compiler's programs end: with an exit code, and with one line on standard error if
// something is wrong. A closed or full standard error is not an error.
#pragma once

#include "runtime/cli/Cli.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sstream>
#include <string>

namespace weft {

using enum cli::ExitCode; // those of `weft`

/// Prints `message` on standard error as one line, prefixed by `program`, and returns `code`.
inline int endWithError(const std::string &program, std::string message, int code = exitFailed) {
  std::ranges::replace(message, '\n', ' ');
  std::fputs((program + ": " + message + "\n").c_str(), stderr);
  return code;
}

/// Returns `code` if everything written to standard output was accepted; otherwise prints the error
/// and returns exitFailed.
inline int endOfOutput(const std::string &program, int code) {
  if (std::fflush(stdout) == 0 && !std::ferror(stdout))
    return code;
  return endWithError(program,
                      std::string("cannot write to standard output: ") + std::strerror(errno));
}

/// Handles the result of parsing: prints --help and --version, or the error in the arguments.
/// Returns the exit code.
inline int endOfParsing(const CLI::App &app, const CLI::ParseError &error) {
  std::ostringstream text, unused;
  if (app.exit(error, text, unused) != 0)
    return endWithError(app.get_name(),
                        std::string(error.what()) + " (see " + app.get_name() + " --help)",
                        exitUsage);
  std::fputs(text.str().c_str(), stdout);
  return endOfOutput(app.get_name(), exitDone);
}

} // namespace weft
