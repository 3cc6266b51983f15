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
  /// The text of the schema, expression or grammar (EBNF or GBNF) itself.
  std::string source;
  /// What errors call it: a file or an option.
  std::string name;

  bool any() const { return kind != Kind::None; }
};

/// What holds new tokens to the constraint; nullptr where there is none. `vocabulary` is the
/// model's: its ids that the tokenizer does not know are never allowed. `prompt` is what the text
/// is printed behind, if it is: a space that its first token would lose there is then no part of
/// the text. Errors: the constraint is
/// wrong or too large, or there is no end id with which a text could end.
Result<std::unique_ptr<TokenConstraint>>
makeConstraint(const ConstraintOptions &options, const text::Tokenizer &tokenizer,
               uint32_t vocabulary, std::span<const int32_t> endIds,
               const std::vector<int32_t> *prompt = nullptr);

} // namespace weft::complete
