// The commands of `weft`, one file for each, listed in Cli.cpp.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/cli/Cli.h"

#include <functional>

namespace CLI {
class App;
}

namespace weft::cli {

/// A subcommand of `weft`.
struct Command {
  CLI::App *app;
  /// Runs the command after the arguments were parsed; returns an ExitCode.
  std::function<Result<int>()> run;
};

/// Each function adds one subcommand, with options, help and examples, to `weft`.
Command addRun(CLI::App &weft);
Command addChat(CLI::App &weft);
Command addInspect(CLI::App &weft);
Command addEval(CLI::App &weft);
Command addBench(CLI::App &weft);
Command addProfile(CLI::App &weft);
Command addSign(CLI::App &weft);
Command addVerify(CLI::App &weft);
Command addTokenize(CLI::App &weft);
Command addTokenizer(CLI::App &weft); // has the two below as subcommands
Command addTrainTokenizer(CLI::App &tokenizer);
Command addPruneTokenizer(CLI::App &tokenizer);

} // namespace weft::cli
