// Completions that were given before, kept in a file between runs.
#pragma once

#include "runtime/complete/cache/Database.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace weft::complete {

/// A request and its completion are bytes of the caller's. The request has all that decides the
/// completion, in one way of writing it; it is kept as its XXH3-128 alone. Several processes may
/// use one file. Nothing in the file is believed: a completion has a hash that covers its request,
/// and what does not fit is an error. Errors are one line that begins with the path. Not
/// thread-safe.
class CompletionCache {
public:
  /// Opens the file at `path`, and makes it, readable by its owner alone, where there is none.
  /// When its completions come to more than `mostBytes`, those not used for longest are removed.
  /// Errors: it cannot be opened, is damaged, is no completion cache, or one of another version.
  static Result<CompletionCache> open(const std::string &path, uint64_t mostBytes);

  /// The stored completion. Notes that it was used, where the file can be written.
  Result<std::optional<std::string>> find(std::string_view request);

  /// Keeps a completion, in place of an older one. One that is larger than the limit is not kept.
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
