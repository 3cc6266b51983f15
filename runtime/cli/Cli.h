// The command line of `weft`.
#pragma once

namespace weft::cli {

/// Exit codes, the same for every command.
enum ExitCode : int {
  exitDone = 0,
  exitFailed = 1,       // bad input, or something went wrong; one line on stderr says what
  exitUsage = 2,        // the command line itself is wrong
  exitInterrupted = 130 // Ctrl-C, as shells count it
};

/// Runs `weft` with these arguments and returns its exit code. Errors are one line
/// "weft: ..." on standard error; no exception leaves. A reader that closes standard output
/// ends the command early and quietly. Ignores SIGPIPE from then on.
int main(int argc, char **argv);

} // namespace weft::cli
