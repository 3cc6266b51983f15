// The words of a corpus, as the normalizer and pre-tokenizer of a tokenizer cut them.
#pragma once

#include "runtime/text/tokenizer/normalize/Normalizer.h"
#include "runtime/text/tokenizer/split/PreTokenizer.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weft::text {

/// Called now and then with what is being done and the share of it that is done, from one
/// thread at a time.
using TrainingProgress = std::function<void(std::string_view stage, double share)>;

/// Cuts texts into words. Immutable; may be used from any thread.
class WordSplitter {
public:
  /// Both are the JSON text of a component of tokenizer.json, or "null".
  static Result<WordSplitter> make(std::string_view normalizer, std::string_view preTokenizer);

  /// Calls `visit(word)` for each word of `text`, which must be UTF-8. Every line, with the
  /// end of it, is a text of its own, as Hugging Face's trainers read files.
  void split(std::string_view text, const std::function<void(std::string_view)> &visit) const;

private:
  std::unique_ptr<Normalizer> normalizer;
  std::unique_ptr<PreTokenizer> preTokenizer;
};

struct WordCount {
  std::string text;
  uint64_t count;
};

struct Corpus {
  /// Distinct words in the order in which they first appear.
  std::vector<WordCount> words;
  /// Of the files.
  uint64_t bytes = 0;
};

/// Counts the words of files, read one after the other. The result does not depend on the
/// number of threads. Bytes that are no UTF-8 count as U+FFFD. Errors: a file that cannot be
/// read, or files without any word.
Result<Corpus> readCorpus(const std::vector<std::string> &files, const WordSplitter &splitter,
                          unsigned threads, const TrainingProgress &progress);

} // namespace weft::text
