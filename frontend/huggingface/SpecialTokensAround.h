// The tokens that a tokenizer.json puts around a text, as tokenizer_config.json wants them.
#pragma once

#include "runtime/base/Error.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace weft {

/// The tokens that begin and end a text ("" where there is none), and whether they are put
/// around it; where nothing is said, the post-processor decides.
struct SpecialTokensAround {
  std::string begin, end;
  std::optional<bool> addBegin, addEnd;
};

/// Changes the post-processor of `tokenizer`, a parsed tokenizer.json, so that it does what
/// `wanted` says, and returns whether it had to: as in transformers, the flags win over what
/// the file does by itself. Errors: a token that is asked for and has no id; they name `file`.
Result<bool> putTokensAround(nlohmann::json &tokenizer, const SpecialTokensAround &wanted,
                             const std::string &file);

/// The id of a token in a parsed tokenizer.json; the added tokens come first, as they do when
/// text is encoded.
std::optional<int32_t> idOfToken(const nlohmann::json &tokenizer, const std::string &token);

} // namespace weft
