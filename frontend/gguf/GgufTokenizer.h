// The vocabulary of a GGUF file as a Hugging Face tokenizer.json.
#pragma once

#include "frontend/Checkpoint.h"
#include "frontend/gguf/GgufFile.h"

namespace weft {

/// What the text side of a file says.
struct GgufText {
  /// The text of a tokenizer.json that gives the same ids; empty where the file has no
  /// vocabulary.
  std::string tokenizerJson;
  TextDefaults defaults;
};

/// Converts the vocabulary. `tokenizer.ggml.model` is "llama" (SentencePiece BPE), "gpt2"
/// (byte-level BPE), "bert" (WordPiece) or "t5" (SentencePiece unigram); others are an error
/// that names them.
Result<GgufText> convertGgufTokenizer(const GgufFile &gguf, const std::string &file);

} // namespace weft
