#include "runtime/cli/options/ModelOptions.h"

#include "runtime/cli/options/Arguments.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace weft::cli {

void addModelPath(CLI::App &command, LoadOptions &options) {
  command.add_option("model", options.path, "A .weft file, made by weftc")
      ->required()
      ->type_name("MODEL");
  command
      .add_option("--require-signed", options.requireSigned,
                  "Require that MODEL.sig is a signature by the owner of this public key (made by "
                  "weft sign)")
      ->type_name("FILE");
}

void addSessionOptions(CLI::App &command, LoadOptions &options) {
  const OptionGroup group(command, "Device and memory");
  command
      .add_option("--device", options.session.device,
                  "Device that runs the model; NAME:N is number N (from 0) of several (see weft "
                  "--list-devices)")
      ->type_name("NAME")
      ->capture_default_str();
  command
      .add_option("--plugin", options.plugins,
                  "Load a device from a shared library; a name without / is looked for in the "
                  "folders of $WEFT_PLUGIN_PATH, ./x.so is in the current folder. May be repeated")
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
                  "Context size in tokens, which determines the size of the KV cache (default: the "
                  "model's own, at most 4096)")
      ->type_name("N")
      ->check(wholeNumber(1, mostTokens));
  command
      .add_option_function<std::string>(
          "--variants",
          [&variants = options.session.variants](const std::string &which) {
            variants.measure = which == "measured";
            if (which != "measured" && which != "default")
              variants.take = unsigned(std::stoul(which));
          },
          "Which variant of each kernel to run; all give the same bits: measured (0.1 s at the "
          "first load; stored in ~/.cache/weft for this processor), default, or number N (from 0) "
          "of each")
      ->type_name("WHICH")
      ->check(CLI::Validator(
          [](std::string &which) -> std::string {
            const bool isNumber = !which.empty() && which.size() <= 2 &&
                                  which.find_first_not_of("0123456789") == which.npos;
            return isNumber || which == "measured" || which == "default"
                       ? ""
                       : fmt::format("expected measured, default or a number below 100, found '{}'",
                                     which);
          },
          ""))
      ->default_str("measured");
  command
      .add_option("--batch", options.session.tokens,
                  "Batch size: the most prompt tokens that one call of the model computes")
      ->type_name("N")
      ->check(wholeNumber(1, 1 << 20))
      ->capture_default_str();
}

} // namespace weft::cli
