// SentencePiece's normalization, pre-tokenization and decoding as parts of a tokenizer.json.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace weft::text {

/// The settings of a model file; the functions return the parts of tokenizer.json for them.
struct SentencePieceStages {
  /// Compiled replacements (see Precompiled.h), or empty.
  std::string_view table;
  /// Whether a space is put before the text.
  bool addPrefix = true;
  /// Whether that space is put only before the whole text, not also after added tokens.
  bool prefixFirstOnly = false;
  bool removeExtraSpaces = false;
  bool byteFallback = false;

  nlohmann::json normalizer() const;
  nlohmann::json preTokenizer() const;
  nlohmann::json decoder() const;
};

} // namespace weft::text
