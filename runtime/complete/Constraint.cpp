#include "runtime/complete/Constraint.h"

#include "runtime/constrain/GrammarConstraint.h"
#include "runtime/constrain/grammar/Ebnf.h"
#include "runtime/constrain/grammar/Regex.h"
#include "runtime/constrain/schema/JsonSchema.h"
#include "runtime/text/tokenizer/decode/TokenBytes.h"

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

} // namespace

Result<std::unique_ptr<TokenConstraint>> makeConstraint(const ConstraintOptions &options,
                                                        const text::Tokenizer &tokenizer,
                                                        uint32_t vocabulary,
                                                        std::span<const int32_t> endIds) {
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
  auto compiled = constrain::CompiledGrammar::make(*grammar, tokens, endIds);
  if (!compiled)
    return fail(options.name + ": " + compiled.error().message);
  return std::make_unique<constrain::GrammarConstraint>(std::move(*compiled));
}

} // namespace weft::complete
