// The tokenizer and generation files of a Hugging Face directory.
#pragma once

#include "frontend/Checkpoint.h"

#include <nlohmann/json_fwd.hpp>

namespace weft {

/// What the text side of a directory says.
struct HuggingFaceText {
  /// The text of tokenizer.json, or of one made from other files where there is none (see
  /// SlowVocabularies.h); empty where there is no vocabulary.
  std::string tokenizerJson;
  TextDefaults defaults;
};

/// Reads tokenizer.json, tokenizer_config.json, special_tokens_map.json, added_tokens.json,
/// chat_template.jinja or .json and generation_config.json as far as they are there. `config` is
/// config.json, whose ids count where generation_config.json gives none; the end token of
/// tokenizer_config.json ends a text as well.
///
/// tokenizer.json comes as it is unless the files beside it say more: tokens that it lacks are
/// added (AddedTokenFiles.h), and add_bos_token and add_eos_token win over its post-processor
/// (SpecialTokensAround.h).
Result<HuggingFaceText> readHuggingFaceText(const std::string &directory,
                                            const nlohmann::json &config);

/// Largest file of a vocabulary, in bytes.
inline constexpr size_t largestTokenizer = size_t(512) << 20;

/// The whole text of a file of at most `largest` bytes; empty where there is no such file.
Result<std::string> readTextIfThere(const std::string &file, size_t largest);

} // namespace weft
