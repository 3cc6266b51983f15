// The completion cache as complete() uses it.
#pragma once

#include "runtime/complete/Complete.h"
#include "runtime/complete/LoadedModel.h"
#include "runtime/complete/cache/CompletionCache.h"

#include <functional>
#include <optional>
#include <string>

namespace weft::complete {

/// Returns a canonical key of everything that determines the completions: the artifact, the code of
/// it that this machine runs, the prompt's tokens and the options. Settings that do not change a
/// bit of the text (threads, drafts, batch size; the seed if nothing is drawn) are not part of it.
/// Errors: no program of the artifact runs here.
Result<std::string> requestKey(const CompletionRequest &request, const LoadedModel &model,
                               const SessionOptions &session);

/// The completions of one request, as stored.
struct StoredCompletion {
  std::vector<Completion> texts;
  uint64_t promptTokens = 0, newTokens = 0;
};

/// Access to the stored completions of one request. If anything is wrong with the file, `onTrouble`
/// is called once with a one-line message, and from then on nothing is stored or found: completions
/// can always be generated again. Not thread-safe.
class StoredCompletions {
public:
  using OnTrouble = std::function<void(const std::string &why)>;

  /// `file` and `mostBytes` are as in CompletionCache::open(); `key` comes from requestKey().
  StoredCompletions(std::string file, uint64_t mostBytes, std::string key, OnTrouble onTrouble);

  /// Returns the stored completions, or nothing if there are none.
  std::optional<StoredCompletion> find();
  /// Stores `completions`, unless they were interrupted.
  void store(const Completions &completions);
  /// Returns the path of the cache file.
  const std::string &path() const { return file; }

private:
  void giveUp(const std::string &why);

  std::string file, key;
  OnTrouble onTrouble;
  std::optional<CompletionCache> cache;
};

} // namespace weft::complete
