// The table of replacements that SentencePiece compiles its normalization rules into.
#pragma once

#include "runtime/text/tokenizer/normalize/Normalizer.h"

namespace weft::text {

/// A double-array trie (Aoe, 1989), as the library Darts-clone lays it out, from texts to their
/// places in a pool of replacements that end in a zero byte. As Hugging Face reads it, a
/// grapheme of less than six bytes is replaced as a whole by what the table has for the
/// shortest beginning of it; otherwise its characters are, one by one. SentencePiece itself
/// replaces the longest match at each place; a file that Weft converts asks for that by
/// "longest_match": true.
class Precompiled : public Normalizer {
public:
  using Normalizer::normalize;
  static Result<std::unique_ptr<Normalizer>> make(const Fields &fields, unsigned depth);
  void normalize(std::string &text) const override;

private:
  Result<void> read(std::string_view table, const std::string &path);
  struct Match {
    /// 0 where there is none.
    size_t length = 0;
    /// In the pool.
    uint32_t place = 0;
  };
  /// The shortest or the longest beginning of `text` that the table has.
  Match find(std::string_view text, bool longest) const;
  /// Appends what `text` is replaced by, if it is.
  bool replace(std::string_view text, std::string &out) const;
  std::string replacedByLongest(std::string_view text) const;

  std::vector<uint32_t> units;
  std::string pool;
  bool longestMatch = false;
};

} // namespace weft::text
