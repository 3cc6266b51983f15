// Translates JSON Schema into grammar rules; used only by JsonSchema.cpp.
#pragma once

#include "runtime/constrain/schema/JsonText.h"
#include "runtime/constrain/schema/NumberRange.h"
#include "runtime/constrain/schema/SchemaCheck.h"

#include <deque>
#include <map>
#include <optional>
#include <string>

namespace weft::constrain {

class TextSet;

/// One translation. Makes expressions of `grammar`, which must outlive it, as must the document of
/// `root`. A schema that accepts nothing becomes an expression without a text; alternatives that
/// need it are dropped.
class SchemaTranslator {
public:
  SchemaTranslator(Grammar &grammar, JsonElement root, WhiteSpace space);

  /// Defines the rule `start` as the whole schema. Errors are those of grammarOfJsonSchema().
  Result<void> run(RuleId start);
  /// Returns why the schema accepts no document, if it accepts none.
  const Error &reason() const { return firstReason; }

private:
  /// Returns a call of the rule for the values that all `parts` accept. Equal parts share one rule.
  Result<ExprId> value(std::vector<Schema> parts);
  Result<ExprId> conjunction(Conjunction all);
  Result<void> target(Schema &schema);
  Result<bool> flatten(Conjunction &all);
  Result<Schema> made(std::string text, std::string pointer, bool isNegated);

  /// Alternatives of one keyword: each is a list of schemas that must accept the value in addition.
  using Ways = std::vector<std::vector<Schema>>;
  Result<std::optional<Ways>> split(Conjunction &all, size_t &part);
  Result<Ways> waysOf(const Schema &owner, std::string_view keyword, JsonElement value);
  Result<Ways> oneOf(const std::string &pointer, const std::vector<Schema> &branches);
  Result<Ways> dependencies(const std::string &pointer, std::string_view keyword,
                            JsonElement value);
  Result<bool> areDisjoint(Schema a, Schema b, unsigned depth);

  Result<ExprId> enumerated(const Conjunction &all);
  Result<std::vector<JsonElement>> enumeratedValues(const Conjunction &all);
  Result<ExprId> typed(const Conjunction &all);
  Result<ExprId> ofType(const Conjunction &all, const std::string &type);
  Result<ExprId> number(const Conjunction &all, bool isInteger);
  Result<NumberRange> rangeOf(const Conjunction &all, bool &isBounded);
  Result<ExprId> string(const Conjunction &all);
  Result<std::optional<TextSet>> texts(const Conjunction &all);
  Result<TextSet> textsOfNames(const std::vector<Schema> &schemas);

  struct Items;
  Result<std::vector<Items>> itemsOf(const Conjunction &all);
  Result<ExprId> array(const Conjunction &all);
  Result<ExprId> uniqueItems(const Conjunction &all, const std::vector<Schema> &each,
                             uint32_t least, uint32_t most);

  /// A member or an element that is required or optional.
  struct Choosing {
    ExprId expr;
    bool isRequired;
  };
  Result<ExprId> chosen(const std::vector<Choosing> &all, uint32_t least, uint32_t most,
                        std::optional<ExprId> other, const std::string &pointer);
  Result<Schema> child(const Schema &part, JsonElement element, std::string pointer);

  struct Members;
  struct Keys;
  Result<ExprId> object(const Conjunction &all);
  Result<Members> members(const Conjunction &all);
  Result<Keys> keysOf(const Conjunction &all);
  Result<void> addOthers(const Conjunction &all, const Keys &keys, Members &members);
  Result<bool> schemasOf(const Conjunction &all, const Keys &keys, const std::string *name,
                         const std::vector<bool> &matches, std::vector<Schema> &schemas);
  ExprId inOrder(const Members &members, ExprId more);

  /// Returns an expression without a text, and remembers why.
  ExprId nothing(const std::string &pointer, const std::string &message);

  static constexpr size_t mostSchemas = 20000;
  Grammar &grammar;
  JsonElement root;
  JsonText json;
  References references;
  SchemaCheck check;
  std::map<std::string, RuleId> values;      // rules by the identities of value()'s parts
  std::deque<simdjson::dom::parser> parsers; // of derived schemas
  std::map<std::string, JsonElement> texts_;
  Error firstReason;
  size_t schemas = 0;
  unsigned depth = 0;
};

} // namespace weft::constrain
