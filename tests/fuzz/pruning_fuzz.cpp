// Any bytes as a tokenizer.json to prune, and as the report of a pruning: an error or a result
// that loads, never a crash.
#include "Fuzz.h"
#include "runtime/text/train/Prune.h"

#include <string>

using namespace weft;
using namespace weft::fuzz;

/// A file of a few words.
static std::string makeWords() {
  std::string path = scratchFolder().file("words");
  writeFile(path, "ab abc abcd a bc abab \xC3\xA9 <s> low lower\n");
  return path;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const std::string words = makeWords();
  const std::string_view text = textOf(data, size);
  if (auto report = text::readPruningReport(text); !report)
    requireOneLine(report.error());
  auto pruned = text::pruneTokenizer("input", text, {words}, {.share = 0.5, .threads = 1},
                                     [](std::string_view, double) {});
  if (pruned)
    require(text::Tokenizer::fromJson(pruned->json).has_value());
  else
    requireOneLine(pruned.error());
  return 0;
}
