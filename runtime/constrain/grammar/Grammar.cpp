#include "runtime/constrain/grammar/Grammar.h"

#include <algorithm>
#include <utility>

namespace weft::constrain {

namespace {

Expr of(ExprKind kind) {
  Expr expr;
  expr.kind = kind;
  return expr;
}

} // namespace

ExprId Grammar::add(Expr expr) {
  exprs.push_back(std::move(expr));
  return ExprId(exprs.size() - 1);
}

ExprId Grammar::literal(std::string bytes) {
  Expr expr = of(ExprKind::Literal);
  expr.bytes = std::move(bytes);
  return add(std::move(expr));
}

ExprId Grammar::set(CodePoints set) {
  Expr expr = of(ExprKind::Set);
  expr.set = std::move(set);
  return add(std::move(expr));
}

ExprId Grammar::sequence(std::vector<ExprId> parts) {
  if (parts.size() == 1)
    return parts[0];
  Expr expr = of(ExprKind::Sequence);
  expr.parts = std::move(parts);
  return add(std::move(expr));
}

ExprId Grammar::choice(std::vector<ExprId> parts) {
  if (parts.size() == 1)
    return parts[0];
  Expr expr = of(ExprKind::Choice);
  expr.parts = std::move(parts);
  return add(std::move(expr));
}

ExprId Grammar::repeat(ExprId part, uint32_t least, uint32_t most) {
  Expr expr = of(ExprKind::Repeat);
  expr.parts = {part};
  expr.least = least;
  expr.most = most;
  return add(std::move(expr));
}

ExprId Grammar::call(RuleId rule) {
  Expr expr = of(ExprKind::Call);
  expr.rule = rule;
  return add(std::move(expr));
}

ExprId Grammar::automaton(std::vector<Expr::State> states, uint32_t least, uint32_t most) {
  Expr expr = of(ExprKind::Automaton);
  expr.automaton = std::move(states);
  expr.least = least;
  expr.most = most;
  return add(std::move(expr));
}

ExprId Grammar::tokens(std::vector<std::string> names, bool isNegated) {
  Expr expr = of(ExprKind::Tokens);
  expr.names = std::move(names);
  expr.isNegated = isNegated;
  return add(std::move(expr));
}

Result<void>
Grammar::resolveTokens(const std::function<std::optional<int32_t>(std::string_view)> &idOf) {
  for (Expr &expr : exprs) {
    expr.ids.clear();
    for (const std::string &name : expr.names) {
      const std::optional<int32_t> id = idOf(name);
      if (!id)
        return fail("expected a token of the vocabulary or the name of a rule, found \"" + name +
                    "\"");
      expr.ids.push_back(*id);
    }
  }
  return {};
}

bool Grammar::hasTokens() const {
  return std::ranges::any_of(exprs, [](const Expr &expr) { return expr.kind == ExprKind::Tokens; });
}

RuleId Grammar::rule(const std::string &name) {
  auto [place, isNew] = byName.try_emplace(name, RuleId(names.size()));
  if (isNew) {
    names.push_back(name);
    bodies.push_back(undefined);
  }
  return place->second;
}

RuleId Grammar::newRule(const std::string &name) {
  std::string free = name;
  for (size_t number = names.size(); byName.contains(free); ++number)
    free = name + "-" + std::to_string(number);
  return rule(free);
}

void Grammar::define(RuleId rule, ExprId body) { bodies[rule] = body; }

} // namespace weft::constrain
