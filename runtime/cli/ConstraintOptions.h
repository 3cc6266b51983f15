// The options that say what new text may be.
#pragma once

#include "runtime/generate/Constraint.h"
#include "runtime/text/Tokenizer.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace CLI {
class App;
}

namespace weft::cli {

struct ConstraintOptions {
  std::string jsonSchema;      ///< a file's name, or the schema itself from its brace on
  bool isCompact = false;      ///< no white space between the tokens of a document
  std::string grammarFile, regex;
  bool given = false;          ///< any of them: an empty expression is one too
};

/// --json-schema, --json-compact, --grammar and --regex, of which one at most may be given.
void addConstraintOptions(CLI::App &command, ConstraintOptions &options);

/// What was asked for, files with what they hold: equal texts, equal constraints. Empty for none.
/// Errors: a file that cannot be read.
Result<std::string> describeConstraint(const ConstraintOptions &options);

/// The constraint that was asked for, or null. `vocabulary` is the model's, which may be larger
/// than the tokenizer's. Writes what was compiled, and how long that took, to standard error.
/// Errors: a file that cannot be read, and those of the notation and of compiling it.
Result<std::unique_ptr<TokenConstraint>> makeConstraint(const ConstraintOptions &options,
                                                        const text::Tokenizer &tokenizer,
                                                        uint32_t vocabulary,
                                                        std::span<const int32_t> endIds);

} // namespace weft::cli
