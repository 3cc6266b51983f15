// Reads the tokens that a Hugging Face directory adds to its vocabulary, from all files that can
// name them.
#pragma once

#include "runtime/base/Error.h"

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// The combined contents of `added_tokens_decoder` and the special tokens of tokenizer_config.json,
/// special_tokens_map.json and added_tokens.json. If they disagree, the first of them wins, as in
/// transformers.
struct AddedTokenFiles {
  /// The tokens with an id, as entries for "added_tokens" of a tokenizer.json.
  std::map<int32_t, nlohmann::json> tokens;
  /// The special tokens, in the order in which transformers gives them ids. An entry has the keys
  /// of an added token but no id.
  std::vector<nlohmann::json> special;

  /// Returns the text of the special token with this name ("bos_token"); "" if there is none.
  std::string named(std::string_view name) const;
  /// Returns whether the text of a tokenizer.json contains each of the tokens, so that nothing has
  /// to be added.
  bool areAllIn(std::string_view tokenizerJson) const;

  /// The texts of special tokens by name ("bos_token").
  std::map<std::string, std::string, std::less<>> names;
};

/// Reads those of the files that exist. Errors: a malformed file; the message names the file and
/// the place.
Result<AddedTokenFiles> readAddedTokenFiles(const std::string &directory,
                                            const nlohmann::json &tokenizerConfig);

/// Adds the tokens of `files` that a parsed tokenizer.json lacks, and returns whether anything
/// changed. Special tokens without an id get the next free ids below `vocabulary`, the number of
/// rows of the model's embedding. If `replaces`, the files override the tokenizer.json: the flags
/// of an entry, and an id that the vocabulary has for another token.
bool addTokens(nlohmann::json &tokenizer, const AddedTokenFiles &files, int64_t vocabulary,
               bool replaces);

} // namespace weft
