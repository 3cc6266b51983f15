#include "runtime/cli/options/CacheOptions.h"

#include "runtime/cli/options/Arguments.h"
#include "runtime/cli/terminal/LineReader.h"

#include <CLI/CLI.hpp>

namespace weft::cli {

namespace {

constexpr const char *defaultFile = "default";

} // namespace

Result<std::string> CacheArguments::path() const {
  if (file == defaultFile)
    return stateFile("answers.db");
  return file;
}

void addCacheOptions(CLI::App &command, CacheArguments &arguments) {
  const OptionGroup group(command, "Completion cache");
  auto *cache =
      command.add_flag(std::string("--cache{") + defaultFile + "}", arguments.file,
                       "Store completions, and return a stored one at once if model, prompt and "
                       "all options that affect the text are the same; --cache=FILE names the file "
                       "(default: answers.db in the state folder). The default seed is 0 then");
  command
      .add_option("--cache-limit", arguments.mebibytes,
                  "Most MiB of completions to store; the least recently used are removed first")
      ->type_name("MIB")
      ->check(wholeNumber(1, 1 << 20))
      ->capture_default_str()
      ->needs(cache);
}

} // namespace weft::cli
