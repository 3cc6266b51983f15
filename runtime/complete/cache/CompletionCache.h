// The completion cache: a file from which completions are returned in later processes.
#pragma once

#include "runtime/complete/cache/Database.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace weft::complete {

/// Requests and completions are opaque bytes. A request must contain everything that determines the
/// completion, in a canonical encoding; only its XXH3-128 is stored. Several processes may use one
/// file. The file is not trusted: each completion has a hash that also covers its request, and a
/// mismatch is an error. Errors are one line that begins with the path. Not thread-safe.
class CompletionCache {
public:
  /// Opens the cache file at `path`, creating it (readable only by its owner) if there is none.
  /// When the completions exceed `mostBytes` in total, the least recently used ones are removed.
  /// Errors: the file cannot be opened, is damaged, is no completion cache, or is one of another
  /// version.
  static Result<CompletionCache> open(const std::string &path, uint64_t mostBytes);

  /// Returns the stored completion, or nothing. Records the use if the file is writable.
  Result<std::optional<std::string>> find(std::string_view request);

  /// Stores a completion, replacing an older one of the same request. One that alone exceeds the
  /// limit is not stored.
  Result<void> store(std::string_view request, std::string_view completion);

private:
  CompletionCache(std::string path, std::unique_ptr<complete::Database> database,
                  uint64_t mostBytes)
      : path(std::move(path)), database(std::move(database)), mostBytes(mostBytes) {}

  std::string path;
  std::unique_ptr<complete::Database> database;
  uint64_t mostBytes;
};

} // namespace weft::complete
