// What a command of `weft` is. One file each, listed in Cli.cpp.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/cli/Cli.h"

#include <functional>

namespace CLI {
class App;
}

namespace weft::cli {

struct Command {
  CLI::App *app;
  /// Runs after the arguments were parsed; the value is an ExitCode.
  std::function<Result<int>()> run;
};

/// Each adds its subcommand, with options, help and examples, to `weft`.
Command addRun(CLI::App &weft);
Command addChat(CLI::App &weft);
Command addInspect(CLI::App &weft);
Command addEval(CLI::App &weft);
Command addBench(CLI::App &weft);
Command addProfile(CLI::App &weft);
Command addSign(CLI::App &weft);
Command addVerify(CLI::App &weft);
Command addTokenize(CLI::App &weft);
Command addTokenizer(CLI::App &weft); // the two below it are its own
Command addTrainTokenizer(CLI::App &tokenizer);
Command addPruneTokenizer(CLI::App &tokenizer);

} // namespace weft::cli
