// The text that pre-tokenizers split further and further.
#pragma once

#include "runtime/text/tokenizer/Tokenizer.h"
#include "runtime/text/tokenizer/normalize/Offsets.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft::text {

/// A range of the text: text to be split or tokenized, or an added token.
struct Piece {
  size_t begin, end;
  /// The added token's id, -1 for text.
  TokenId token;
  /// Whether the piece is at the beginning of the input.
  bool startsInput;
};

/// A text and the pieces it is split into. Not thread-safe.
class Pieces {
public:
  /// With `trackOrigins`, tracks which bytes of the input each byte comes from.
  explicit Pieces(bool trackOrigins = false) : tracks(trackOrigins) {}

  /// Appends a text piece. `origins`, one for each byte, is used only if origins are tracked.
  void addText(std::string_view text, bool startsInput, std::span<const Span> origins = {});
  void addToken(TokenId token, Span origin = {0, 0});

  const std::vector<Piece> &all() const { return pieces; }
  /// Returns the bytes of a text piece, valid until the next change.
  std::string_view textOf(const Piece &piece) const {
    return std::string_view(text).substr(piece.begin, piece.end - piece.begin);
  }

  /// Returns the range of the input that the bytes `span` come from; origins must be tracked.
  Span originOf(Span span) const { return text::originOf(origins, span); }

  /// Replaces every text piece by the ranges of it that `cut(text, ranges)` appends. Empty ranges
  /// are dropped.
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

  /// Rewrites every text piece: `rewrite(out, text, startsInput)` appends its new text. If origins
  /// are tracked, `rewriteAligned(writer, text, startsInput)`, which must write the same, is called
  /// in its place.
  template <typename Rewrite, typename RewriteAligned>
  void rewrite(Rewrite rewrite, RewriteAligned rewriteAligned) {
    std::string result;
    Origins resultOrigins;
    result.reserve(text.size() + text.size() / 4);
    for (Piece &piece : pieces) {
      const size_t begin = result.size();
      if (piece.token < 0 && tracks) {
        const Origins before = originsOf(piece);
        AlignedWriter writer(result, &resultOrigins, &before, textOf(piece));
        rewriteAligned(writer, textOf(piece), piece.startsInput);
      } else if (piece.token < 0) {
        rewrite(result, textOf(piece), piece.startsInput);
      } else if (tracks) {
        // An added token gets a byte, so that it has an origin.
        result += '\0';
        resultOrigins.push_back(origins[piece.begin]);
      }
      piece.begin = begin;
      piece.end = result.size();
    }
    text = std::move(result);
    origins = std::move(resultOrigins);
  }

private:
  Origins originsOf(const Piece &piece) const {
    return {origins.begin() + static_cast<std::ptrdiff_t>(piece.begin),
            origins.begin() + static_cast<std::ptrdiff_t>(piece.end)};
  }
  bool tracks;
  /// The origins of `text`, if tracked.
  Origins origins;
  std::string text;
  std::vector<Piece> pieces;
};

} // namespace weft::text
