#include "runtime/cli/ConstraintOptions.h"

#include "runtime/cli/Arguments.h"
#include "runtime/cli/Output.h"
#include "runtime/generate/grammar/Ebnf.h"
#include "runtime/generate/grammar/GrammarConstraint.h"
#include "runtime/generate/grammar/JsonSchema.h"
#include "runtime/generate/grammar/Regex.h"
#include "runtime/text/TokenBytes.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <fmt/format.h>

namespace weft::cli {

void addConstraintOptions(CLI::App &command, ConstraintOptions &options) {
  const char *group = "What the text may be";
  auto *schema = command
                     .add_option("--json-schema", options.jsonSchema,
                                 "Write a JSON document that this schema accepts: a file, or the "
                                 "schema itself, which begins with {")
                     ->type_name("FILE|TEXT");
  command
      .add_flag("--json-compact", options.isCompact,
                "With --json-schema: no white space between the tokens of the document")
      ->needs(schema)
      ->group(group);
  auto *grammar = command
                      .add_option("--grammar", options.grammarFile,
                                  "Write a text of this grammar (GBNF or EBNF, see "
                                  "docs/constrained-output.md)")
                      ->type_name("FILE");
  auto *regex = command
                    .add_option("--regex", options.regex,
                                "Write a text that this regular expression fits as a whole")
                    ->type_name("TEXT");
  for (CLI::Option *option : {schema, grammar, regex}) {
    option->group(group);
    option->each([&options](const std::string &) { options.given = true; });
    for (CLI::Option *other : {schema, grammar, regex})
      if (other != option)
        option->excludes(other);
  }
}

namespace {

/// The notation itself, from its file where there is one.
Result<std::string> notation(const ConstraintOptions &options) {
  if (!options.grammarFile.empty())
    return readAll(options.grammarFile);
  if (options.jsonSchema.empty())
    return options.regex;
  const size_t first = options.jsonSchema.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && options.jsonSchema[first] == '{')
    return options.jsonSchema;
  return readAll(options.jsonSchema);
}

Result<grammar::Grammar> readGrammar(const ConstraintOptions &options) {
  auto text = notation(options);
  if (!text)
    return failFrom(text);
  if (!options.grammarFile.empty())
    return grammar::parseEbnf(*text);
  if (options.jsonSchema.empty())
    return grammar::grammarOfRegex(*text);
  return grammar::grammarOfJsonSchema(*text, options.isCompact ? grammar::WhiteSpace::Compact
                                                               : grammar::WhiteSpace::Flexible);
}

} // namespace

Result<std::string> describeConstraint(const ConstraintOptions &options) {
  if (!options.given)
    return "";
  auto text = notation(options);
  if (!text)
    return text;
  const char *kind = !options.grammarFile.empty() ? "grammar"
                     : options.jsonSchema.empty() ? "regex"
                     : options.isCompact          ? "json-schema compact"
                                                  : "json-schema";
  return fmt::format("{}\n{}", kind, *text);
}

Result<std::unique_ptr<TokenConstraint>> makeConstraint(const ConstraintOptions &options,
                                                        const text::Tokenizer &tokenizer,
                                                        uint32_t vocabulary,
                                                        std::span<const int32_t> endIds) {
  if (!options.given)
    return nullptr;
  const auto start = std::chrono::steady_clock::now();
  auto grammar = readGrammar(options);
  if (!grammar)
    return failFrom(grammar);
  std::vector<std::string> tokens = text::tokenBytes(tokenizer);
  tokens.resize(vocabulary); // ids that no logit stands for, or no token, take no part
  auto compiled = grammar::CompiledGrammar::make(*grammar, tokens, endIds);
  if (!compiled)
    return failFrom(compiled);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  writeError(fmt::format("grammar {:.3f} s: {}\n", seconds, (*compiled)->describe()));
  return std::make_unique<grammar::GrammarConstraint>(std::move(*compiled));
}

} // namespace weft::cli
