// The words of a corpus, split by a tokenizer's normalizer and pre-tokenizer.
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

/// Called during training with the current stage and the share of it that is done (0 to 1), from
/// one thread at a time.
using TrainingProgress = std::function<void(std::string_view stage, double share)>;

/// Splits texts into words. Immutable; may be used from any thread.
class WordSplitter {
public:
  /// Both arguments are the JSON text of a component of tokenizer.json, or "null".
  static Result<WordSplitter> make(std::string_view normalizer, std::string_view preTokenizer);

  /// Calls `visit(word)` for each word of `text`, which must be UTF-8. Every line, with its line
  /// end, is a separate text, as in Hugging Face's trainers.
  void split(std::string_view text, const std::function<void(std::string_view)> &visit) const;

private:
  std::unique_ptr<Normalizer> normalizer;
  std::unique_ptr<PreTokenizer> preTokenizer;
};

/// A distinct word and how often it occurs.
struct WordCount {
  std::string text;
  uint64_t count;
};

/// The counted words of some files.
struct Corpus {
  /// Distinct words in the order in which they first appear.
  std::vector<WordCount> words;
  /// Total size of the files.
  uint64_t bytes = 0;
};

/// Counts the words of `files`, in order. The result does not depend on `threads`. Invalid UTF-8
/// becomes U+FFFD. Errors: a file cannot be read, or there are no words.
Result<Corpus> readCorpus(const std::vector<std::string> &files, const WordSplitter &splitter,
                          unsigned threads, const TrainingProgress &progress);

} // namespace weft::text
