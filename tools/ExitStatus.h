// How weftc and weft conformance end: an exit code, and one line on standard error where
// something is wrong. Nothing here fails because standard error is closed or full.
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

/// Says `message` for `program`; gives `code`.
inline int endWithError(const std::string &program, std::string message, int code = exitFailed) {
  std::ranges::replace(message, '\n', ' ');
  std::fputs((program + ": " + message + "\n").c_str(), stderr);
  return code;
}

/// `code`, if standard output has taken all that was written to it.
inline int endOfOutput(const std::string &program, int code) {
  if (std::fflush(stdout) == 0 && !std::ferror(stdout))
    return code;
  return endWithError(program,
                      std::string("cannot write to standard output: ") + std::strerror(errno));
}

/// Answers --help and --version, or says what is wrong with the arguments.
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
