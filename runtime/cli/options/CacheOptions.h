// The options of the completion cache: --cache and --cache-limit.
#pragma once

#include "runtime/base/Error.h"

#include <cstdint>
#include <string>

namespace CLI {
class App;
} // namespace CLI

namespace weft::cli {

/// The arguments as given.
struct CacheArguments {
  /// A file, or "default" for the one in the state folder; empty: no completion cache.
  std::string file;
  uint64_t mebibytes = 64;

  bool wanted() const { return !file.empty(); }
  /// Returns the path of the file, also if it is the default one. Errors: there is no state folder.
  Result<std::string> path() const;
};

/// Adds --cache and --cache-limit. `arguments` must outlive the parsing.
void addCacheOptions(CLI::App &command, CacheArguments &arguments);

} // namespace weft::cli
