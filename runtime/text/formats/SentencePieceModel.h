// SentencePiece's tokenizer.model, a protobuf message (sentencepiece_model.proto).
#pragma once

#include "runtime/base/Error.h"

#include <optional>
#include <string>
#include <string_view>

namespace weft::text {

/// What a tokenizer's settings say otherwise than its model.
struct SentencePieceOptions {
  /// Whether a space is put before a text; where nothing is said, the model decides.
  std::optional<bool> addPrefix = {};
  /// Whether that space is for the beginning of the whole text alone, and not for what follows a
  /// special token ("legacy": false in transformers).
  bool prefixFirstOnly = false;
};

/// A tokenizer.json that gives SentencePiece's ids. Unigram and BPE models are read; WORD and
/// CHAR are an error that names them. Control symbols and user-defined symbols are recognised
/// in the text, as Hugging Face does; none is put around it, for the file does not say which.
Result<std::string> sentencePieceAsJson(std::string_view file,
                                        const SentencePieceOptions &options = {});

} // namespace weft::text
