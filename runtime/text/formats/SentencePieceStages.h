// How SentencePiece prepares a text and puts it together again, as parts of a tokenizer.json.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace weft::text {

struct SentencePieceStages {
  /// Replacements, compiled (see Precompiled.h), or empty.
  std::string_view table;
  /// A space is put before the text.
  bool addPrefix = true;
  /// It is put before the whole text alone, not before what follows an added token.
  bool prefixFirstOnly = false;
  bool removeExtraSpaces = false;
  bool byteFallback = false;

  nlohmann::json normalizer() const;
  nlohmann::json preTokenizer() const;
  nlohmann::json decoder() const;
};

} // namespace weft::text
