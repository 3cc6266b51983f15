// Changes which tokens a tokenizer.json puts around a text to what tokenizer_config.json says.
#pragma once

#include "runtime/base/Error.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace weft {

/// The tokens that begin and end a text ("" if there is none), and whether they are added to it. If
/// a flag is absent, the post-processor decides.
struct SpecialTokensAround {
  std::string begin, end;
  std::optional<bool> addBegin, addEnd;
};

/// Changes the post-processor of `tokenizer`, a parsed tokenizer.json, to what `wanted` says, and
/// returns whether it had to be changed. As in transformers, the flags override the post-processor.
/// Errors: a token to be added has no id; the message names `file`.
Result<bool> putTokensAround(nlohmann::json &tokenizer, const SpecialTokensAround &wanted,
                             const std::string &file);

/// Returns the id of a token in a parsed tokenizer.json. Added tokens are searched first, as in
/// encoding.
std::optional<int32_t> idOfToken(const nlohmann::json &tokenizer, const std::string &token);

} // namespace weft
