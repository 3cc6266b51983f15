// Converts the vocabulary of a GGUF file to a Hugging Face tokenizer.json.
#pragma once

#include "frontend/Checkpoint.h"
#include "frontend/gguf/GgufFile.h"

namespace weft {

/// The tokenizer and text settings of a file.
struct GgufText {
  /// The text of a tokenizer.json that gives the same ids; empty if the file has no vocabulary.
  std::string tokenizerJson;
  TextDefaults defaults;
};

/// Converts the vocabulary. `tokenizer.ggml.model` must be "llama" (SentencePiece BPE), "gpt2"
/// (byte-level BPE), "bert" (WordPiece) or "t5" (SentencePiece unigram). Errors: any other model,
/// which is named, and a malformed vocabulary.
Result<GgufText> convertGgufTokenizer(const GgufFile &gguf, const std::string &file);

} // namespace weft
