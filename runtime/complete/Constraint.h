// Structured output: what a completion must match.
#pragma once

#include "runtime/generate/Constraint.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace weft::complete {

struct ConstraintOptions {
  enum class Kind { None, JsonSchema, Regex, Grammar };
  Kind kind = Kind::None;
  /// The schema, regular expression or grammar (EBNF or GBNF) itself.
  std::string source;
  /// Its name in error messages: a file or an option.
  std::string name;

  bool any() const { return kind != Kind::None; }
};

/// Returns a constraint on new tokens, or nullptr for Kind::None. `vocabulary` is the model's size;
/// ids that the tokenizer does not know are never allowed. `prompt` is the prompt that the text is
/// printed after, or null. Where decoding drops the leading space of the first token there, that
/// space is not part of the text to match. Errors: the constraint is malformed or too large, or
/// there is no end id with which a text could end.
Result<std::unique_ptr<TokenConstraint>>
makeConstraint(const ConstraintOptions &options, const text::Tokenizer &tokenizer,
               uint32_t vocabulary, std::span<const int32_t> endIds,
               const std::vector<int32_t> *prompt = nullptr);

} // namespace weft::complete
