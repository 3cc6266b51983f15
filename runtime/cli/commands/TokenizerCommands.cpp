// weft tokenizer: makes and changes tokenizers.
#include "runtime/cli/Command.h"
#include "runtime/cli/terminal/Output.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

namespace weft::cli {

Command addTokenizer(CLI::App &weft) {
  CLI::App *app = weft.add_subcommand("tokenizer", "Train a tokenizer, or prune its vocabulary");
  app->require_subcommand(0, 1); // that there is one is checked below, in better words
  auto commands = std::make_shared<std::vector<Command>>();
  commands->push_back(addTrainTokenizer(*app));
  commands->push_back(addPruneTokenizer(*app));
  app->footer(
      "Examples:\n"
      "  weft tokenizer train --model byte-bpe --vocab-size 32000 book.txt -o tokenizer.json\n"
      "  weft tokenizer prune tokenizer.json book.txt -o pruned.json --report report.json\n"
      "`weft tokenizer COMMAND --help` says more; `weft tokenize` turns text into ids.");
  return {app, [commands]() -> Result<int> {
            for (const Command &command : *commands)
              if (command.app->parsed())
                return command.run();
            writeError("weft: expected a command, train or prune (see weft tokenizer --help)\n");
            return exitUsage;
          }};
}

} // namespace weft::cli
