// What a text may be: rules over characters, whatever notation they were written in.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/constrain/automaton/CodePoints.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace weft::constrain {

using ExprId = uint32_t;
using RuleId = uint32_t;

inline constexpr uint32_t unbounded = UINT32_MAX;
/// Most repetitions that a notation may count.
inline constexpr uint32_t mostRepeats = 10000;
/// Most rules of a grammar.
inline constexpr size_t mostRules = 10000;
/// Deepest nesting that a notation may have.
inline constexpr unsigned mostNesting = 200;

enum class ExprKind : uint8_t { Literal, Set, Sequence, Choice, Repeat, Call };

struct Expr {
  ExprKind kind = ExprKind::Literal;
  std::string bytes;         // Literal: any bytes
  CodePoints set;            // Set: one character of it
  std::vector<ExprId> parts; // Sequence, Choice; Repeat: one
  uint32_t least = 0;        // Repeat
  uint32_t most = 0;         // Repeat: may be `unbounded`
  RuleId rule = 0;           // Call
};

/// Rules, one of which is where a text begins. Expressions belong to the grammar that
/// made them, and may be used in several places. Not thread-safe while it is being built.
class Grammar {
public:
  ExprId literal(std::string bytes);
  ExprId set(CodePoints set);
  ExprId sequence(std::vector<ExprId> parts); ///< of nothing: the empty text
  ExprId choice(std::vector<ExprId> parts);   ///< of nothing: no text at all
  ExprId repeat(ExprId part, uint32_t least, uint32_t most);
  ExprId optional(ExprId part) { return repeat(part, 0, 1); }
  ExprId call(RuleId rule);

  /// The rule of that name, declared if it is new.
  RuleId rule(const std::string &name);
  /// A rule with a name that none has yet, beginning with `name`.
  RuleId newRule(const std::string &name);
  void define(RuleId rule, ExprId body);
  /// The rule that a text begins with; the first one unless set.
  void setRoot(RuleId rule) { first = rule; }
  RuleId root() const { return first; }
  bool isDefined(RuleId rule) const { return bodies[rule] != undefined; }

  size_t ruleCount() const { return names.size(); }
  const std::string &name(RuleId rule) const { return names[rule]; }
  ExprId body(RuleId rule) const { return bodies[rule]; }
  const Expr &expr(ExprId id) const { return exprs[id]; }
  size_t exprCount() const { return exprs.size(); }

private:
  static constexpr ExprId undefined = UINT32_MAX;
  ExprId add(Expr expr);
  RuleId first = 0;
  std::vector<Expr> exprs;
  std::vector<std::string> names;
  std::vector<ExprId> bodies;
  std::unordered_map<std::string, RuleId> byName;
};

} // namespace weft::constrain
