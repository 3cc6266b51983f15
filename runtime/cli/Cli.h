// The command line of `weft`.
#pragma once

namespace weft::cli {

/// Exit codes, the same for every command.
enum ExitCode : int {
  exitDone = 0,
  exitFailed = 1,       // bad input or a failure; one line on standard error says what
  exitUsage = 2,        // the command line itself is wrong
  exitInterrupted = 130 // Ctrl-C: 128 + SIGINT
};

/// Runs `weft` with these arguments and returns its exit code. Errors are one line "weft: ..." on
/// standard error; it does not throw. A reader that closes standard output ends the command early
/// without an error. Sets SIGPIPE to be ignored.
int main(int argc, char **argv);

} // namespace weft::cli
