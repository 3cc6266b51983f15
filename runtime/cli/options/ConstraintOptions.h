// The options of structured output.
#pragma once

#include "runtime/complete/Constraint.h"

#include <string>

namespace CLI {
class App;
} // namespace CLI

namespace weft::cli {

/// The arguments as given; at most one is not empty.
struct ConstraintArguments {
  /// A file, or the schema itself if it begins with a brace.
  std::string schema;
  std::string regex;
  /// A file.
  std::string grammar;
};

/// Adds --json-schema, --regex and --grammar, which exclude each other. `arguments` must outlive
/// the parsing.
void addConstraintOptions(CLI::App &command, ConstraintArguments &arguments);

/// Returns the constraint, reading its file if it is in one. Errors: a file cannot be read.
Result<complete::ConstraintOptions> readConstraint(const ConstraintArguments &arguments);

} // namespace weft::cli
