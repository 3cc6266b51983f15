// The tokens that a Hugging Face directory adds to its vocabulary, in whatever file it says so.
#pragma once

#include "runtime/base/Error.h"

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// What `added_tokens_decoder` and the special tokens of tokenizer_config.json,
/// special_tokens_map.json and added_tokens.json say together. Where they disagree, the one that
/// is named first here wins, as in transformers.
struct AddedTokenFiles {
  /// Tokens whose id the files say, as entries of "added_tokens" of a tokenizer.json.
  std::map<int32_t, nlohmann::json> tokens;
  /// Special tokens that the files name, in the order in which transformers gives them ids; an
  /// entry has the keys of an added token but no id.
  std::vector<nlohmann::json> special;

  /// Text of the special token with this name ("bos_token"); "" where there is none.
  std::string named(std::string_view name) const;
  /// Whether each of the tokens is in the text of a tokenizer.json, so that nothing is to add.
  bool areAllIn(std::string_view tokenizerJson) const;

  /// Texts of special tokens by name ("bos_token").
  std::map<std::string, std::string, std::less<>> names;
};

/// Reads the files as far as they are there. Errors name the file and the place.
Result<AddedTokenFiles> readAddedTokenFiles(const std::string &directory,
                                            const nlohmann::json &tokenizerConfig);

/// Adds to a parsed tokenizer.json what it does not know, and returns whether that was anything.
/// Special tokens without an id get the next ones, below `vocabulary`, the rows of the model's
/// embedding. Where `replaces`, what the files say wins: an entry's flags, and an id that the
/// vocabulary has for another token.
bool addTokens(nlohmann::json &tokenizer, const AddedTokenFiles &files, int64_t vocabulary,
               bool replaces);

} // namespace weft
