#include "runtime/complete/Constraint.h"

#include "runtime/constrain/GrammarConstraint.h"
#include "runtime/constrain/grammar/Ebnf.h"
#include "runtime/constrain/grammar/Regex.h"
#include "runtime/constrain/schema/JsonSchema.h"
#include "runtime/text/tokenizer/decode/TokenBytes.h"

#include <algorithm>
#include <optional>

namespace weft::complete {

namespace {

Result<constrain::Grammar> parse(const ConstraintOptions &options) {
  switch (options.kind) {
  case ConstraintOptions::Kind::Regex:
    return constrain::grammarOfRegex(options.source);
  case ConstraintOptions::Kind::Grammar:
    return constrain::parseEbnf(options.source);
  case ConstraintOptions::Kind::JsonSchema:
  case ConstraintOptions::Kind::None:
    break;
  }
  return constrain::grammarOfJsonSchema(options.source);
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

Result<std::unique_ptr<TokenConstraint>> makeConstraint(const ConstraintOptions &options,
                                                        const text::Tokenizer &tokenizer,
                                                        uint32_t vocabulary,
                                                        std::span<const int32_t> endIds,
                                                        const std::vector<int32_t> *prompt) {
  if (!options.any())
    return nullptr;
  if (endIds.empty())
    return fail("the model has no token that ends a text, so constrained output could not end; "
                "compile it from a checkpoint whose config.json has eos_token_id");
  auto grammar = parse(options);
  if (!grammar)
    return fail(options.name + ": " + grammar.error().message);
  std::vector<std::string> tokens = text::tokenBytes(tokenizer);
  tokens.resize(vocabulary);
  auto idOf = [&](std::string_view name) -> std::optional<int32_t> {
    const text::TokenId id = tokenizer.id(name);
    return id >= 0 && uint32_t(id) < vocabulary ? std::optional(id) : std::nullopt;
  };
  auto compiled = constrain::CompiledGrammar::make(*grammar, tokens, endIds, idOf);
  if (!compiled)
    return fail(options.name + ": " + compiled.error().message);
  return std::make_unique<constrain::GrammarConstraint>(
      std::move(*compiled), prompt && losesFirstSpace(tokenizer, tokens, *prompt));
}

} // namespace weft::complete
