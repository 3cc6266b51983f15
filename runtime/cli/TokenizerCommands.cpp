// weft tokenizer: makes and changes tokenizers.
#include "runtime/cli/Command.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

namespace weft::cli {

Command addTokenizer(CLI::App &weft) {
  CLI::App *app = weft.add_subcommand("tokenizer", "Train a tokenizer, or prune one");
  app->require_subcommand(0, 1); // that there is one is checked below, in better words
  auto commands = std::make_shared<std::vector<Command>>();
  commands->push_back(addTrainTokenizer(*app));
  commands->push_back(addPruneTokenizer(*app));
  app->footer("`weft tokenizer COMMAND --help` says more; `weft tokenize` turns text into ids.");
  return {app, [commands]() -> Result<int> {
            for (const Command &command : *commands)
              if (command.app->parsed())
                return command.run();
            return fail("expected a command of `weft tokenizer` (see weft tokenizer --help)");
          }};
}

} // namespace weft::cli
