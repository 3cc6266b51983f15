// A text on its way through the pre-tokenizers: cut, and cut again.
#pragma once

#include "runtime/text/regex/Regex.h"
#include "runtime/text/Tokenizer.h"

#include <string>
#include <string_view>
#include <vector>

namespace weft::text {

/// A range of the text: either still to be cut and tokenized, or an added token already.
struct Piece {
  size_t begin, end;
  TokenId token;    ///< -1 for text
  bool startsInput; ///< whether the input itself begins here
};

class Pieces {
public:
  void addText(std::string_view text, bool startsInput);
  void addToken(TokenId token);

  const std::vector<Piece> &all() const { return pieces; }
  std::string_view textOf(const Piece &piece) const {
    return std::string_view(text).substr(piece.begin, piece.end - piece.begin);
  }

  /// Replaces every text piece by the ranges of it that `cut(text, ranges)` appends; empty
  /// ranges are dropped.
  template <typename Cut> void cut(Cut cut) {
    std::vector<Piece> result;
    result.reserve(pieces.size());
    std::vector<Span> ranges;
    for (const Piece &piece : pieces) {
      if (piece.token >= 0) {
        result.push_back(piece);
        continue;
      }
      ranges.clear();
      cut(textOf(piece), ranges);
      for (Span range : ranges)
        if (range.begin < range.end)
          result.push_back({piece.begin + range.begin, piece.begin + range.end, -1,
                            piece.startsInput && range.begin == 0});
    }
    pieces = std::move(result);
  }

  /// Rewrites every text piece: `rewrite(out, text, startsInput)` appends its new text.
  template <typename Rewrite> void rewrite(Rewrite rewrite) {
    std::string result;
    result.reserve(text.size() + text.size() / 4);
    for (Piece &piece : pieces) {
      size_t begin = result.size();
      if (piece.token < 0)
        rewrite(result, textOf(piece), piece.startsInput);
      piece.begin = begin;
      piece.end = result.size();
    }
    text = std::move(result);
  }

private:
  std::string text;
  std::vector<Piece> pieces;
};

} // namespace weft::text
