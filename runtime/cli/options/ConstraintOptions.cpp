#include "runtime/cli/options/ConstraintOptions.h"

#include "runtime/cli/options/Arguments.h"

#include <CLI/CLI.hpp>

namespace weft::cli {

namespace {

using Kind = complete::ConstraintOptions::Kind;

bool isSchemaText(const std::string &given) {
  const size_t first = given.find_first_not_of(" \t\r\n");
  return first != std::string::npos && given[first] == '{';
}

std::string refuseEmptyConstraint(const std::string &text) {
  return text.empty() ? "expected a constraint, found nothing" : "";
}

Result<complete::ConstraintOptions> fromFile(Kind kind, const std::string &path) {
  auto source = readAll(path);
  if (!source)
    return failFrom(source);
  return complete::ConstraintOptions{kind, std::move(*source), path};
}

} // namespace

void addConstraintOptions(CLI::App &command, ConstraintArguments &arguments) {
  const OptionGroup group(command, "Structured output and stop strings");
  const CLI::Validator given(refuseEmptyConstraint, "");
  auto *schema = command
                     .add_option("--json-schema", arguments.schema,
                                 "Write JSON that matches this JSON Schema: a file, or the schema "
                                 "itself if it begins with {")
                     ->type_name("FILE|SCHEMA")
                     ->check(given);
  auto *regex = command
                    .add_option("--regex", arguments.regex,
                                "Write a text that matches this regular expression as a whole")
                    ->type_name("RE")
                    ->check(given);
  auto *grammar = command
                      .add_option("--grammar", arguments.grammar,
                                  "Write a text that matches this grammar: a file in GBNF or EBNF")
                      ->type_name("FILE")
                      ->check(given);
  schema->excludes(regex)->excludes(grammar);
  regex->excludes(grammar);
}

Result<complete::ConstraintOptions> readConstraint(const ConstraintArguments &arguments) {
  if (!arguments.regex.empty())
    return complete::ConstraintOptions{Kind::Regex, arguments.regex, "--regex"};
  if (!arguments.grammar.empty())
    return fromFile(Kind::Grammar, arguments.grammar);
  if (arguments.schema.empty())
    return complete::ConstraintOptions();
  if (isSchemaText(arguments.schema))
    return complete::ConstraintOptions{Kind::JsonSchema, arguments.schema, "--json-schema"};
  return fromFile(Kind::JsonSchema, arguments.schema);
}

} // namespace weft::cli
