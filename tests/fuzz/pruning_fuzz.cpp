// Any bytes as a tokenizer.json to prune, and as the report of a pruning: an error or a result
// that loads, never a crash.
#include "runtime/text/train/Prune.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

using namespace weft;

namespace {

/// A file of a few words, as long as the program lives.
class Words {
public:
  Words() {
    path = std::filesystem::temp_directory_path() / "pruning_fuzz.XXXXXX";
    const int file = mkstemp(path.data());
    if (file < 0)
      std::abort();
    close(file);
    std::ofstream(path) << "ab abc abcd a bc abab \xC3\xA9 <s> low lower\n";
  }
  ~Words() { unlink(path.c_str()); }
  std::string path;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const Words words;
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  (void)text::readPruningReport(text);
  auto pruned = text::pruneTokenizer("input", text, {words.path}, {.share = 0.5, .threads = 1},
                                     [](std::string_view, double) {});
  if (pruned && !text::Tokenizer::fromJson(pruned->json))
    std::abort();
  return 0;
}
