// The options of structured output.
#pragma once

#include "runtime/complete/Constraint.h"

#include <string>

namespace CLI {
class App;
} // namespace CLI

namespace weft::cli {

/// As given; at most one of them is not empty.
struct ConstraintArguments {
  /// A file, or the text of a schema: it begins with a brace.
  std::string schema;
  std::string regex;
  /// A file.
  std::string grammar;
};

/// Adds --json-schema, --regex and --grammar, of which one may be given. `arguments` must outlive
/// the parsing.
void addConstraintOptions(CLI::App &command, ConstraintArguments &arguments);

/// The constraint that the arguments name, its file read. Errors: a file cannot be read.
Result<complete::ConstraintOptions> readConstraint(const ConstraintArguments &arguments);

} // namespace weft::cli
