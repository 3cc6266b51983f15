// Completions that were given before.
#pragma once

#include "runtime/complete/Complete.h"
#include "runtime/complete/LoadedModel.h"
#include "runtime/complete/cache/CompletionCache.h"

#include <functional>
#include <optional>
#include <string>

namespace weft::complete {

/// All that decides the texts, in one way of writing it: the artifact, the code in it that this
/// machine runs, the prompt's tokens and the options. What does not change a bit of them
/// (threads, drafts, the size of a batch; the seed, where nothing is drawn) is not in it. Errors:
/// no program of the artifact runs here.
Result<std::string> requestKey(const CompletionRequest &request, const LoadedModel &model,
                               const SessionOptions &session);

struct StoredCompletion {
  std::vector<Completion> texts;
  uint64_t promptTokens = 0, newTokens = 0;
};

/// The stored completions of one request. Where anything is wrong with the file, `onTrouble`
/// hears it, once, in one line, and nothing is stored or found from then on: a completion can
/// always be made anew. Not thread-safe.
class StoredCompletions {
public:
  using OnTrouble = std::function<void(const std::string &why)>;

  /// `file` and `mostBytes` are as of CompletionCache::open; `key` is of requestKey().
  StoredCompletions(std::string file, uint64_t mostBytes, std::string key, OnTrouble onTrouble);

  std::optional<StoredCompletion> find();
  /// Keeps them, unless they were interrupted.
  void store(const Completions &completions);
  /// The file's.
  const std::string &path() const { return file; }

private:
  void giveUp(const std::string &why);

  std::string file, key;
  OnTrouble onTrouble;
  std::optional<CompletionCache> cache;
};

} // namespace weft::complete
