// Reads the tokenizer and generation files of a Hugging Face directory.
#pragma once

#include "frontend/Checkpoint.h"

#include <nlohmann/json_fwd.hpp>

namespace weft {

/// The tokenizer and text settings of a directory.
struct HuggingFaceText {
  /// The text of tokenizer.json, or of one converted from other files (SlowVocabularies.h); empty
  /// if there is no vocabulary.
  std::string tokenizerJson;
  TextDefaults defaults;
};

/// Reads those that exist of tokenizer.json, tokenizer_config.json, special_tokens_map.json,
/// added_tokens.json, chat_template.jinja or .json and generation_config.json. `config` is
/// config.json, whose ids are used if generation_config.json has none. The end token of
/// tokenizer_config.json ends a text as well. Errors: a malformed file; the message names the file
/// and the place.
///
/// tokenizer.json is returned unchanged unless the other files add to it: missing tokens are added
/// (AddedTokenFiles.h), and add_bos_token and add_eos_token override its post-processor
/// (SpecialTokensAround.h).
Result<HuggingFaceText> readHuggingFaceText(const std::string &directory,
                                            const nlohmann::json &config);

/// The largest accepted file of a vocabulary, in bytes.
inline constexpr size_t largestTokenizer = size_t(512) << 20;

/// Returns the whole text of a file of at most `largest` bytes; empty if there is no such file.
/// Errors: the file is larger or cannot be read.
Result<std::string> readTextIfThere(const std::string &file, size_t largest);

} // namespace weft
