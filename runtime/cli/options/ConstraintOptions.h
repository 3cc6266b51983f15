// The options that hold an answer to a form.
#pragma once

#include "runtime/generate/Constraint.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <memory>
#include <span>
#include <string>

namespace CLI {
class App;
} // namespace CLI

namespace weft::cli {

/// At most one of them is not empty.
struct FormOptions {
  /// A file, or the text of a schema: it begins with a brace.
  std::string schema;
  std::string regex;
  /// A file.
  std::string grammar;

  bool any() const { return !schema.empty() || !regex.empty() || !grammar.empty(); }
};

/// --json-schema, --regex and --grammar, of which one may be given. `options` must outlive the
/// parsing.
void addFormOptions(CLI::App &command, FormOptions &options);

/// The form that the options name, as its text: "" where there is none. Errors: a file cannot be
/// read.
Result<std::string> readForm(const FormOptions &options);

/// What holds new tokens to `form`, which readForm() gave for `options`; nullptr where there is
/// none. `vocabulary` is the model's: its ids that the tokenizer does not know are never
/// allowed. `prompt`: what the text begins with, where it is printed with it; a space that its
/// first token would lose is then no part of the text. Errors: the form is wrong or too large, or there is no end id with which a text could
/// end.
Result<std::unique_ptr<TokenConstraint>> makeConstraint(const FormOptions &options,
                                                        const std::string &form,
                                                        const text::Tokenizer &tokenizer,
                                                        uint32_t vocabulary,
                                                        std::span<const int32_t> endIds,
                                                        const std::vector<int32_t> *prompt = nullptr);

} // namespace weft::cli
