// Any bytes as the file of a completion cache, and as a completion in one: no crash, trouble told
// once, in one line, and what is found is found again when it is stored anew. An input that begins
// with "SQLite" is the file, all others are a completion.
#include "Fuzz.h"
#include "runtime/complete/StoredCompletions.h"

using namespace weft;
using namespace weft::complete;
using namespace weft::fuzz;

static const std::string request = "request";
static constexpr uint64_t mostBytes = 1 << 20;

static std::string freshFile(const char *name) {
  const std::string path = scratchFolder().file(name);
  for (const char *beside : {"", "-journal", "-wal", "-shm"})
    std::filesystem::remove(path + beside);
  return path;
}

namespace {

/// The stored completions of a file, whose trouble is held to its promise.
struct Stored {
  explicit Stored(const std::string &path)
      : completions(path, mostBytes, request, [this](const std::string &why) {
          require(!troubled);
          troubled = true;
          requireOneLine({why});
        }) {}

  bool troubled = false;
  StoredCompletions completions;
};

} // namespace

static bool equal(const Completion &a, const Completion &b) {
  return a.ids == b.ids && a.stop == b.stop && a.beam.has_value() == b.beam.has_value() &&
         a.logProbabilities.size() == b.logProbabilities.size();
}

static void storeAgain(const StoredCompletion &found) {
  Stored stored(freshFile("again.sqlite"));
  Completions completions;
  completions.texts = found.texts;
  completions.generation.promptTokens = found.promptTokens;
  if (completions.interrupted())
    return;
  stored.completions.store(completions);
  auto again = stored.completions.find();
  require(again && !stored.troubled && again->promptTokens == found.promptTokens);
  require(std::equal(again->texts.begin(), again->texts.end(), found.texts.begin(),
                     found.texts.end(), equal));
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string_view input = textOf(data, size);
  const std::string path = freshFile("completions.sqlite");
  if (input.starts_with("SQLite")) {
    writeFile(path, input);
  } else {
    auto cache = CompletionCache::open(path, mostBytes);
    require(cache.has_value() && cache->store(request, input).has_value());
  }
  Stored stored(path);
  const auto found = stored.completions.find();
  require(!found || !stored.troubled);
  if (found)
    storeAgain(*found);
  Completions none;
  none.texts.emplace_back();
  stored.completions.store(none);
  return 0;
}
