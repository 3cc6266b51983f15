// SentencePiece's compiled normalization rules.
#pragma once

#include "runtime/text/tokenizer/normalize/Normalizer.h"

namespace weft::text {

/// A table of replacements: a double-array trie (Aoe, 1989) in the layout of the library
/// Darts-clone, from strings to offsets in a pool of zero-terminated replacements. As in Hugging
/// Face, a grapheme of less than six bytes is replaced as a whole by the replacement of its
/// shortest prefix in the table; otherwise its characters are replaced one by one. SentencePiece
/// itself replaces the longest match at each place; files converted by Weft ask for that by
/// "longest_match": true.
class Precompiled : public Normalizer {
public:
  using Normalizer::normalize;
  static Result<std::unique_ptr<Normalizer>> make(const Fields &fields, unsigned depth);
  void normalize(std::string &text) const override;

private:
  Result<void> read(std::string_view table, const std::string &path);
  struct Match {
    /// Length in bytes; 0 if there is no match.
    size_t length = 0;
    /// Offset in the pool.
    uint32_t place = 0;
  };
  /// Returns the shortest or the longest prefix of `text` in the table.
  Match find(std::string_view text, bool longest) const;
  /// Appends the replacement of `text`. Returns false if there is none.
  bool replace(std::string_view text, std::string &out) const;
  std::string replacedByLongest(std::string_view text) const;

  std::vector<uint32_t> units;
  std::string pool;
  bool longestMatch = false;
};

} // namespace weft::text
