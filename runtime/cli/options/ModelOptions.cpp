#include "runtime/cli/options/ModelOptions.h"

#include "runtime/cli/options/Arguments.h"

#include <CLI/CLI.hpp>

namespace weft::cli {

void addModelPath(CLI::App &command, LoadOptions &options) {
  command.add_option("model", options.path, "A .weft file, made by weftc")
      ->required()
      ->type_name("MODEL");
  command
      .add_option("--require-signed", options.requireSigned,
                  "Run only what the owner of this public key signed (weft sign): MODEL.sig must be "
                  "there")
      ->type_name("FILE");
}

void addSessionOptions(CLI::App &command, LoadOptions &options) {
  const OptionGroup group(command, "Device and memory");
  command
      .add_option("--device", options.session.device,
                  "Device that runs the model, the N-th of several as NAME:N (weft --list-devices "
                  "lists them)")
      ->type_name("NAME")
      ->capture_default_str();
  command
      .add_option("--plugin", options.plugins,
                  "Load a device from a shared library; a bare name is looked for in the folders "
                  "of $WEFT_PLUGIN_PATH, ./x.so in the current one. May be repeated")
      ->type_name("FILE")
      ->expected(1)
      ->take_all();
  command
      .add_option("-t,--threads", options.session.threads,
                  "CPU threads (default: one for each processor that the process may use)")
      ->type_name("N")
      ->check(wholeNumber(1, 1024));
  command
      .add_option("--context", options.session.context,
                  "Context size in tokens, which decides the size of the KV cache (default: the "
                  "model's own, at most 4096)")
      ->type_name("N")
      ->check(wholeNumber(1, mostTokens));
  command
      .add_option("--batch", options.session.tokens,
                  "Batch size: the most tokens of a prompt that one call of the model reads")
      ->type_name("N")
      ->check(wholeNumber(1, 1 << 20))
      ->capture_default_str();
}

} // namespace weft::cli
