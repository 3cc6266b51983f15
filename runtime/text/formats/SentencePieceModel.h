// Converts SentencePiece's tokenizer.model, a protobuf message (sentencepiece_model.proto).
#pragma once

#include "runtime/base/Error.h"

#include <optional>
#include <string>
#include <string_view>

namespace weft::text {

/// Settings of a checkpoint that override the model file.
struct SentencePieceOptions {
  /// Whether to put a space before a text; if empty, the model file decides.
  std::optional<bool> addPrefix = {};
  /// Whether that space is put only before the whole text, not also after special tokens ("legacy":
  /// false in transformers).
  bool prefixFirstOnly = false;
};

/// Converts `file` to a tokenizer.json that gives SentencePiece's ids. Control symbols and
/// user-defined symbols are recognized in the text, as Hugging Face does. No special tokens are
/// added around a text, as the file does not say which. Errors: a malformed file, or a WORD or CHAR
/// model (only Unigram and BPE are supported).
Result<std::string> sentencePieceAsJson(std::string_view file,
                                        const SentencePieceOptions &options = {});

} // namespace weft::text
