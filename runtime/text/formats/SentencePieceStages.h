// How SentencePiece prepares a text and puts it together again, as parts of a tokenizer.json.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace weft::text {

struct SentencePieceStages {
  std::string_view table; ///< of replacements, compiled (see Precompiled.h), or empty
  bool addPrefix = true;  ///< a space before the text
  bool removeExtraSpaces = false;
  bool byteFallback = false;

  nlohmann::json normalizer() const;
  nlohmann::json decoder() const;
};

} // namespace weft::text
