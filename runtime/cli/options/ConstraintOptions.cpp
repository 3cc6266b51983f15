#include "runtime/cli/options/ConstraintOptions.h"

#include "runtime/cli/options/Arguments.h"
#include "runtime/constrain/grammar/Ebnf.h"
#include "runtime/constrain/GrammarConstraint.h"
#include "runtime/constrain/schema/JsonSchema.h"
#include "runtime/constrain/grammar/Regex.h"
#include "runtime/text/tokenizer/decode/TokenBytes.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace weft::cli {

namespace {

bool isSchemaText(const std::string &given) {
  const size_t first = given.find_first_not_of(" \t\r\n");
  return first != std::string::npos && given[first] == '{';
}

std::string notEmpty(const std::string &text) {
  return text.empty() ? "expected a form, found nothing" : "";
}

/// What errors call the form.
std::string nameOf(const FormOptions &options) {
  if (!options.regex.empty())
    return "--regex";
  if (!options.grammar.empty())
    return options.grammar;
  return isSchemaText(options.schema) ? "--json-schema" : options.schema;
}

Result<constrain::Grammar> parseForm(const FormOptions &options, const std::string &form) {
  if (!options.regex.empty())
    return constrain::grammarOfRegex(form);
  return options.grammar.empty() ? constrain::grammarOfJsonSchema(form) : constrain::parseEbnf(form);
}

/// Whether a token that begins with a space is printed without it behind `prompt`.
bool losesFirstSpace(const text::Tokenizer &tokenizer, const std::vector<std::string> &tokens,
                     std::vector<int32_t> prompt) {
  const auto spaced = std::ranges::find_if(
      tokens, [](const std::string &token) { return token.size() > 1 && token[0] == ' '; });
  const auto before = tokenizer.decodeBytes(prompt);
  if (spaced == tokens.end() || !before)
    return false;
  prompt.push_back(int32_t(spaced - tokens.begin()));
  const auto after = tokenizer.decodeBytes(prompt);
  return after && after->size() - before->size() == spaced->size() - 1;
}

} // namespace

void addFormOptions(CLI::App &command, FormOptions &options) {
  const OptionGroup group(command, "Form of the answer");
  const CLI::Validator given(notEmpty, "");
  auto *schema = command
                     .add_option("--json-schema", options.schema,
                                 "Write JSON that this schema accepts: a file, or the schema "
                                 "itself where it begins with {")
                     ->type_name("FILE|SCHEMA")
                     ->check(given);
  auto *regex =
      command.add_option("--regex", options.regex, "Write what fits this expression as a whole")
          ->type_name("RE")
          ->check(given);
  auto *grammar = command
                      .add_option("--grammar", options.grammar,
                                  "Write a text of this grammar: a file in EBNF or GBNF")
                      ->type_name("FILE")
                      ->check(given);
  schema->excludes(regex)->excludes(grammar);
  regex->excludes(grammar);
}

Result<std::string> readForm(const FormOptions &options) {
  if (!options.regex.empty())
    return options.regex;
  if (!options.grammar.empty())
    return readAll(options.grammar);
  if (options.schema.empty() || isSchemaText(options.schema))
    return options.schema;
  return readAll(options.schema);
}

Result<std::unique_ptr<TokenConstraint>> makeConstraint(const FormOptions &options,
                                                        const std::string &form,
                                                        const text::Tokenizer &tokenizer,
                                                        uint32_t vocabulary,
                                                        std::span<const int32_t> endIds,
                                                        const std::vector<int32_t> *prompt) {
  if (!options.any())
    return nullptr;
  if (endIds.empty())
    return fail("the model has no token that ends a text, so a text of a form could not end; "
                "compile it from a checkpoint whose config.json has eos_token_id");
  auto grammar = parseForm(options, form);
  if (!grammar)
    return fail(nameOf(options) + ": " + grammar.error().message);
  std::vector<std::string> tokens = text::tokenBytes(tokenizer);
  tokens.resize(vocabulary);
  auto idOf = [&](std::string_view name) -> std::optional<int32_t> {
    const text::TokenId id = tokenizer.id(name);
    return id >= 0 && uint32_t(id) < vocabulary ? std::optional(id) : std::nullopt;
  };
  auto compiled = constrain::CompiledGrammar::make(*grammar, tokens, endIds, idOf);
  if (!compiled)
    return fail(nameOf(options) + ": " + compiled.error().message);
  return std::make_unique<constrain::GrammarConstraint>(
      std::move(*compiled), prompt && losesFirstSpace(tokenizer, tokens, *prompt));
}

} // namespace weft::cli
