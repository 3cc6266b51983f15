// Context-free grammars: rules over characters, the common result of all notations.
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
/// The largest repetition count that a notation may use.
inline constexpr uint32_t mostRepeats = 1'000'000'000;
/// The most rules of a grammar.
inline constexpr size_t mostRules = 10000;
/// The deepest nesting that a notation may have.
inline constexpr unsigned mostNesting = 200;

enum class ExprKind : uint8_t { Literal, Set, Sequence, Choice, Repeat, Call, Automaton, Tokens };

/// One expression; the comments say which kinds use a member.
struct Expr {
  ExprKind kind = ExprKind::Literal;
  std::string bytes;         // Literal: the bytes to match
  CodePoints set;            // Set: matches one of these characters
  std::vector<ExprId> parts; // Sequence and Choice: any number; Repeat: one
  uint32_t least = 0;        // Repeat: repetitions; Automaton: edges that a text follows
  uint32_t most = 0;         // the same; may be `unbounded`
  RuleId rule = 0;           // Call
  struct State {
    std::vector<std::pair<ExprId, uint32_t>> edges; // what an edge matches (no calls), target state
    bool accepts = false;
  };
  std::vector<State> automaton;   // Automaton: starts in the first state; at most one edge matches
  std::vector<std::string> names; // Tokens: "<think>", or "<[12]>" by id
  std::vector<int32_t> ids;       // Tokens: set by resolveTokens()
  bool isNegated = false;         // Tokens: matches any token but these
};

/// A grammar: rules, one of which is the root. Expressions belong to the grammar that made them and
/// may be used in several places. Not thread-safe while it is being built.
class Grammar {
public:
  ExprId literal(std::string bytes);
  ExprId set(CodePoints set);
  ExprId sequence(std::vector<ExprId> parts); ///< without parts: the empty text
  ExprId choice(std::vector<ExprId> parts);   ///< without parts: matches no text
  /// Repeats `part` `least` to `most` times; `most` may be `unbounded`.
  ExprId repeat(ExprId part, uint32_t least, uint32_t most);
  ExprId optional(ExprId part) { return repeat(part, 0, 1); }
  ExprId call(RuleId rule);
  /// Makes a deterministic automaton whose texts follow `least` to `most` edges. Removes the edges
  /// to states from which no accepting state can be reached.
  ExprId automaton(std::vector<Expr::State> states, uint32_t least = 0, uint32_t most = unbounded);
  /// Matches one token of the vocabulary whatever its text: one of `names`, or if negated any
  /// other.
  ExprId tokens(std::vector<std::string> names, bool isNegated);
  /// Looks up the ids of all named tokens. Errors: `idOf` returns none for a name.
  Result<void> resolveTokens(const std::function<std::optional<int32_t>(std::string_view)> &idOf);
  bool hasTokens() const;

  /// Returns the rule called `name`, declaring it if it is new.
  RuleId rule(const std::string &name);
  /// Declares a rule with a new name that begins with `name`.
  RuleId newRule(const std::string &name);
  void define(RuleId rule, ExprId body);
  /// Sets the root, by default the first rule.
  void setRoot(RuleId rule) { first = rule; }
  RuleId root() const { return first; }
  /// Lets compile() drop alternatives that need a rule without any text, which is an error
  /// otherwise.
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
