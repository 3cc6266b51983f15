// --cache: completions that were given before.
#pragma once

#include "runtime/base/Error.h"

#include <cstdint>
#include <string>

namespace CLI {
class App;
} // namespace CLI

namespace weft::cli {

struct CacheArguments {
  /// A file, or "default" for the one in the state folder; empty: no cache.
  std::string file;
  uint64_t mebibytes = 64;

  bool wanted() const { return !file.empty(); }
  /// The file, where it is the default one too. Errors: there is no state folder.
  Result<std::string> path() const;
};

/// Adds --cache and --cache-limit. `arguments` must outlive the parsing.
void addCacheOptions(CLI::App &command, CacheArguments &arguments);

} // namespace weft::cli
