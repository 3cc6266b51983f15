// How families of byte-level vocabularies cut text before the merges.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// How the tokens of a vocabulary spell a text.
enum class GgufSpelling {
  Bytes,        // byte by byte, in the alphabet of GPT-2
  Plain,        // as UTF-8; a byte that no token has is <0x0A>
  SpacesMarked, // the same, and a space is ▁
};

/// How a vocabulary with a list of merges cuts text into the pieces that are merged.
struct GgufPreTokenizer {
  /// What `tokenizer.ggml.pre` calls it.
  std::vector<std::string_view> names;
  /// Regular expressions in order, each cutting what the one before left, as the families'
  /// tokenizer.json files have them.
  std::vector<std::string_view> expressions = {};
  /// A digit is a piece of its own, before all else.
  bool singleDigits = false;
  /// The expression of GPT-2, which ByteLevel has built in, cuts what they left.
  bool gpt2Words = false;
  GgufSpelling spelling = GgufSpelling::Bytes;
  /// Text is brought to Unicode's NFC first.
  bool nfc = false;
  /// A piece that is a token is taken whole, whatever the merges give.
  bool ignoreMerges = false;
  /// Begin-of-sequence is added where the file does not say.
  bool addBegin = false;
};

/// Null where the name is not known.
const GgufPreTokenizer *findGgufPreTokenizer(std::string_view name);
/// All known names, for errors.
std::string ggufPreTokenizerNames();

} // namespace weft
