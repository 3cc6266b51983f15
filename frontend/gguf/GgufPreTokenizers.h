// The pre-tokenizers of GGUF vocabularies: how they split text before the merges.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// How the tokens of a vocabulary are spelled.
enum class GgufSpelling {
  Bytes,        // byte by byte, in GPT-2's byte alphabet
  Plain,        // as UTF-8; a byte without a token of its own is <0x0A>
  SpacesMarked, // as Plain, with ▁ for a space
};

/// How a vocabulary with a list of merges splits text into the pieces to which the merges apply.
struct GgufPreTokenizer {
  /// The names of the pre-tokenizer in `tokenizer.ggml.pre`.
  std::vector<std::string_view> names;
  /// The regular expressions, in order, as in the families' tokenizer.json files. Each splits the
  /// pieces that the previous one left.
  std::vector<std::string_view> expressions = {};
  /// Whether each digit is a piece of its own; this is applied first.
  bool singleDigits = false;
  /// Whether the expression of GPT-2, which is built into ByteLevel, splits the remaining pieces.
  bool gpt2Words = false;
  GgufSpelling spelling = GgufSpelling::Bytes;
  /// Whether text is normalized to NFC first.
  bool nfc = false;
  /// Whether a piece that is a token is taken whole, without merges.
  bool ignoreMerges = false;
  /// Whether a begin-of-sequence token is added if the file does not say.
  bool addBegin = false;
};

/// Returns the pre-tokenizer called `name`; null if the name is not known.
const GgufPreTokenizer *findGgufPreTokenizer(std::string_view name);
/// Returns all known names, for error messages.
std::string ggufPreTokenizerNames();

} // namespace weft
