// From JSON Schema to the rules of a grammar; used by JsonSchema.cpp alone.
#pragma once

#include "runtime/constrain/schema/JsonText.h"
#include "runtime/constrain/schema/SchemaParts.h"

#include <map>
#include <string>

namespace weft::constrain {

/// One translation. Expressions are of `grammar`, which must outlive it, as must the document
/// below `root`.
class SchemaTranslator {
public:
  SchemaTranslator(Grammar &grammar, JsonElement root, WhiteSpace space)
      : grammar(grammar), root(root), json(grammar, space) {}

  Result<ExprId> schema(const Schema &schema);
  /// The values that all parts accept.
  Result<ExprId> conjunction(Conjunction all);

private:
  Result<ExprId> reference(std::string_view name, const std::string &from);
  Result<void> flatten(Conjunction &all);
  Result<ExprId> alternatives(const Conjunction &all, size_t part, std::string_view keyword);
  Result<ExprId> enumerated(const Conjunction &all);
  Result<ExprId> typed(const Conjunction &all);
  Result<ExprId> ofType(const Conjunction &all, const std::string &type);
  Result<ExprId> number(const Conjunction &all, bool isInteger);
  Result<ExprId> string(const Conjunction &all);
  Result<ExprId> array(const Conjunction &all);
  Result<ExprId> object(const Conjunction &all);
  /// What may be in an object.
  struct Members;
  Result<Members> members(const Conjunction &all);
  Result<ExprId> value(Conjunction all);
  ExprId inOrder(const Members &members, ExprId more);

  static constexpr size_t mostSchemas = 20000;
  Grammar &grammar;
  JsonElement root;
  JsonText json;
  std::map<std::string, RuleId> references; // rules of the targets of $ref, by pointer
  size_t schemas = 0;
  unsigned depth = 0;
};

} // namespace weft::constrain
