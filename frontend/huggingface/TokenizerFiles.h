// The tokenizer and generation files of a Hugging Face directory.
#pragma once

#include "frontend/Checkpoint.h"

#include <nlohmann/json_fwd.hpp>

namespace weft {

/// What the text side of a directory says.
struct HuggingFaceText {
  /// The text of tokenizer.json, or of one made from tokenizer.model or NAME.tiktoken where
  /// that stands alone; empty where there is none of them.
  std::string tokenizerJson;
  TextDefaults defaults;
};

/// Reads tokenizer.json, tokenizer_config.json, chat_template.jinja or .json and
/// generation_config.json as far as they are there. `config` is config.json, whose ids
/// count where generation_config.json gives none.
///
/// Where tokenizer_config.json sets add_bos_token and the post-processor of tokenizer.json
/// adds no begin-of-sequence token, one that does is put into the latter.
Result<HuggingFaceText> readHuggingFaceText(const std::string &directory,
                                            const nlohmann::json &config);

} // namespace weft
