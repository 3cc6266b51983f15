// SentencePiece's tokenizer.model, a protobuf message (sentencepiece_model.proto).
#pragma once

#include "runtime/base/Error.h"

#include <string>
#include <string_view>

namespace weft::text {

/// A tokenizer.json that gives SentencePiece's ids. Unigram and BPE models are read; WORD and
/// CHAR are an error that names them. Control symbols and user-defined symbols are recognised
/// in the text, as Hugging Face does; none is put around it, for the file does not say which.
Result<std::string> sentencePieceAsJson(std::string_view file);

} // namespace weft::text
