// --cache: answers that were given before.
#pragma once

#include "runtime/complete/Complete.h"
#include "runtime/complete/LoadedModel.h"
#include "runtime/complete/cache/CompletionCache.h"

#include <optional>
#include <string>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace weft::cli {

struct CacheOptions {
  /// A file, or "default" for the one in the state folder.
  std::string file;
  uint64_t mebibytes = 64;
  CLI::Option *cache = nullptr;

  bool wanted() const { return !file.empty(); }
};

/// --cache and --cache-limit. `options` must outlive the parsing.
void addCacheOptions(CLI::App &command, CacheOptions &options);

struct StoredAnswer {
  /// As Answers::texts.
  Json texts;
  uint64_t promptTokens = 0, newTokens = 0;
};

/// All that decides the texts, in one way of writing it: the artifact, the code in it that this
/// machine runs, the prompt's tokens and the options. What does not change a bit of them
/// (threads, guesses ahead, the size of a batch; the seed, where nothing is drawn) is not in it.
/// Errors: no program of the artifact runs here.
Result<std::string> requestOf(const Question &question, const AnswerOptions &options,
                              const LoadedModel &model, const SessionOptions &session);

/// A cache for one request. Where anything is wrong with its file, it says so on standard
/// error, once, and holds nothing from then on: an answer can always be made anew.
class StoredAnswers {
public:
  StoredAnswers(const CacheOptions &options, std::string request);

  std::optional<StoredAnswer> find();
  void store(const Answers &answers);
  /// Of the file.
  const std::string &path() const { return file; }

private:
  void giveUp(const std::string &why);

  std::string file, request;
  std::optional<complete::CompletionCache> cache;
};

} // namespace weft::cli
