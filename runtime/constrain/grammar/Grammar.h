// What a text may be: rules over characters, whatever notation they were written in.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/constrain/automaton/CodePoints.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weft::constrain {

using ExprId = uint32_t;
using RuleId = uint32_t;

inline constexpr uint32_t unbounded = UINT32_MAX;
/// Most repetitions that a notation may count.
inline constexpr uint32_t mostRepeats = 1'000'000'000;
/// Most rules of a grammar.
inline constexpr size_t mostRules = 10000;
/// Deepest nesting that a notation may have.
inline constexpr unsigned mostNesting = 200;

enum class ExprKind : uint8_t { Literal, Set, Sequence, Choice, Repeat, Call, Automaton, Tokens };

struct Expr {
  ExprKind kind = ExprKind::Literal;
  std::string bytes;         // Literal: any bytes
  CodePoints set;            // Set: one character of it
  std::vector<ExprId> parts; // Sequence, Choice; Repeat: one
  uint32_t least = 0;        // Repeat; Automaton: edges that a text takes
  uint32_t most = 0;         // likewise: may be `unbounded`
  RuleId rule = 0;           // Call
  struct State {
    std::vector<std::pair<ExprId, uint32_t>> edges; // what is taken, without calls; to which state
    bool accepts = false;
  };
  std::vector<State> automaton;   // Automaton: begins in the first; of all edges one fits
  std::vector<std::string> names; // Tokens: "<think>", or "<[12]>" by id
  std::vector<int32_t> ids;       // Tokens: once they are known
  bool isNegated = false;         // Tokens: any other
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
  /// A deterministic automaton whose texts take `least` to `most` edges; states that lead
  /// nowhere have none.
  ExprId automaton(std::vector<Expr::State> states, uint32_t least = 0, uint32_t most = unbounded);
  /// One token of a vocabulary, whatever its text: one of these or, negated, none of them.
  ExprId tokens(std::vector<std::string> names, bool isNegated);
  /// Finds the ids of all tokens. Errors: `idOf` gives none for a name.
  Result<void> resolveTokens(const std::function<std::optional<int32_t>(std::string_view)> &idOf);
  bool hasTokens() const;

  /// The rule of that name, declared if it is new.
  RuleId rule(const std::string &name);
  /// A rule with a name that none has yet, beginning with `name`.
  RuleId newRule(const std::string &name);
  void define(RuleId rule, ExprId body);
  /// The rule that a text begins with; the first one unless set.
  void setRoot(RuleId rule) { first = rule; }
  RuleId root() const { return first; }
  /// Alternatives that lead to a rule without a text are left out, rather than an error.
  void dropRulesWithoutText() { drops = true; }
  bool dropsRulesWithoutText() const { return drops; }
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
  bool drops = false;
  std::vector<Expr> exprs;
  std::vector<std::string> names;
  std::vector<ExprId> bodies;
  std::unordered_map<std::string, RuleId> byName;
};

} // namespace weft::constrain
