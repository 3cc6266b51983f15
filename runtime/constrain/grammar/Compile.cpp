#include "runtime/constrain/automaton/Automaton.h"
#include "runtime/constrain/automaton/Determinize.h"
#include "runtime/constrain/automaton/Nfa.h"
#include "runtime/constrain/grammar/TokenBytes.h"

#include <algorithm>
#include <string>

namespace weft::constrain {

namespace {

/// Rules of up to this many expressions, those that they call included, become part of
/// their callers: fewer calls mean fewer tokens that depend on the stack.
constexpr uint64_t mostInlined = 48;
/// Larger ones that are called from one place may become part of it up to this size.
constexpr uint64_t mostInlinedOnce = 2000;
/// Repetitions of up to this many expressions are written out; others have a counter, and make
/// their rule too large to become part of another, so that it has one counter.
constexpr uint64_t mostWrittenOut = mostInlinedOnce;

/// What is to be known of rules before they are built.
class Analysis {
public:
  Analysis(const Grammar &grammar, size_t longestToken)
      : grammar(grammar), reached(grammar.ruleCount()), longestToken(longestToken) {
    plan.inlined.resize(grammar.ruleCount());
    plan.dead.assign(grammar.ruleCount(), true);
    plan.counted.resize(grammar.exprCount());
    plan.tails.resize(grammar.exprCount());
  }

  Result<void> run() {
    std::vector<RuleId> open = {grammar.root()};
    while (!open.empty()) {
      const RuleId rule = open.back();
      open.pop_back();
      if (reached[rule])
        continue;
      if (!grammar.isDefined(rule))
        return fail("the rule \"" + grammar.name(rule) + "\" is used but not defined");
      reached[rule] = true;
      forEachCall(grammar.body(rule), [&](RuleId called, uint64_t) { open.push_back(called); });
    }
    findProductive();
    for (RuleId rule = 0; rule < grammar.ruleCount(); ++rule)
      if (reached[rule] && plan.dead[rule] &&
          (rule == grammar.root() || !grammar.dropsRulesWithoutText()))
        return fail("the rule \"" + grammar.name(rule) +
                    "\" has no text that ends: every alternative leads to itself again");
    findNullable();
    chooseInlined();
    return {};
  }

  const Grammar &grammar;
  BuildPlan plan;
  std::vector<bool> reached;

private:
  static constexpr uint64_t large = 1 << 30; ///< sizes and counts beyond it are all the same

  /// How often a repetition is written out.
  static uint64_t copies(const Expr &expr) {
    if (expr.kind != ExprKind::Repeat && expr.kind != ExprKind::Automaton)
      return 1;
    return std::max<uint64_t>(1, expr.most == unbounded ? uint64_t(expr.least) + 1 : expr.most);
  }

  /// With the number of times that the call stands in the rule, repetitions written out.
  template <typename Visit>
  void forEachCall(ExprId id, const Visit &visit, uint64_t times = 1) const {
    const Expr &expr = grammar.expr(id);
    if (expr.kind == ExprKind::Call)
      visit(expr.rule, times);
    times = std::min(large, times * copies(expr));
    for (ExprId part : expr.parts)
      forEachCall(part, visit, times);
  }

  bool isProductive(ExprId id) const {
    const Expr &expr = grammar.expr(id);
    auto each = [&](ExprId part) { return isProductive(part); };
    switch (expr.kind) {
    case ExprKind::Literal:
      return true;
    case ExprKind::Set:
      return !expr.set.empty();
    case ExprKind::Sequence:
      return std::ranges::all_of(expr.parts, each);
    case ExprKind::Choice:
      return std::ranges::any_of(expr.parts, each);
    case ExprKind::Repeat:
      return expr.least == 0 || isProductive(expr.parts[0]);
    case ExprKind::Call:
      return !plan.dead[expr.rule];
    case ExprKind::Automaton:
      return expr.automaton[0].accepts || !expr.automaton[0].edges.empty();
    case ExprKind::Tokens:
      return true;
    }
    return false;
  }

  void findProductive() {
    for (bool changed = true; changed;) {
      changed = false;
      for (RuleId rule = RuleId(grammar.ruleCount()); rule-- > 0;) // callees tend to come later
        if (reached[rule] && plan.dead[rule] && isProductive(grammar.body(rule))) {
          plan.dead[rule] = false;
          changed = true;
        }
    }
  }

  /// The fewest bytes of an expression: at least so many, and 0 if the empty text fits.
  uint64_t fewestBytes(ExprId id) const {
    const Expr &expr = grammar.expr(id);
    uint64_t fewest = 0;
    switch (expr.kind) {
    case ExprKind::Literal:
      return expr.bytes.size();
    case ExprKind::Set:
      return 1;
    case ExprKind::Sequence:
      for (ExprId part : expr.parts)
        fewest = std::min(large, fewest + fewestBytes(part));
      return fewest;
    case ExprKind::Choice:
      fewest = large;
      for (ExprId part : expr.parts)
        fewest = std::min(fewest, fewestBytes(part));
      return fewest;
    case ExprKind::Repeat:
      return expr.least == 0 ? 0 : std::min(large, expr.least * fewestBytes(expr.parts[0]));
    case ExprKind::Call:
      return nullable[expr.rule] ? 0 : 1;
    case ExprKind::Automaton:
      return expr.automaton[0].accepts && expr.least == 0 ? 0 : 1;
    case ExprKind::Tokens:
      return bytesOfToken(0).size();
    }
    return 0;
  }

  void findNullable() {
    // At first none is: only what has the empty text for certain becomes so.
    nullable.resize(grammar.ruleCount());
    for (bool changed = true; changed;) {
      changed = false;
      for (RuleId rule = RuleId(grammar.ruleCount()); rule-- > 0;)
        if (reached[rule] && !nullable[rule] && fewestBytes(grammar.body(rule)) == 0)
          nullable[rule] = changed = true;
    }
  }

  /// Says which repetitions of a rule have a counter: none within another.
  void chooseCounted(ExprId id, const std::vector<uint64_t> &sizes) {
    const Expr &expr = grammar.expr(id);
    if (copies(expr) > 1 && sizeOf(id, sizes) > mostWrittenOut) {
      const uint64_t fewest = expr.kind == ExprKind::Automaton ? 1 : fewestBytes(expr.parts[0]);
      if (fewest > 0) {
        // As many as a token may begin, and one more.
        const uint64_t tail = longestToken / fewest + 2;
        plan.tails[id] = uint32_t(std::min<uint64_t>(tail, 1 << 20));
        plan.counted[id] = copies(expr) > 2 * tail;
        if (plan.counted[id])
          return;
      }
    }
    for (ExprId part : expr.parts)
      chooseCounted(part, sizes);
  }

  /// Expressions after repetitions are written out.
  uint64_t sizeOf(ExprId id, const std::vector<uint64_t> &sizes) const {
    const Expr &expr = grammar.expr(id);
    uint64_t size = expr.kind == ExprKind::Literal ? expr.bytes.size() : 1;
    if (expr.kind == ExprKind::Call)
      size = plan.inlined[expr.rule] ? sizes[expr.rule] : 1;
    for (ExprId part : expr.parts)
      size = std::min(large, size + sizeOf(part, sizes));
    for (const Expr::State &state : expr.automaton)
      for (const auto &[label, to] : state.edges)
        size = std::min(large, size + sizeOf(label, sizes));
    return std::min(large, size * copies(expr));
  }

  /// Callees before callers, so that sizes are known; a rule on a cycle stays by itself.
  void chooseInlined() {
    const size_t count = grammar.ruleCount();
    std::vector<std::vector<RuleId>> callees(count);
    std::vector<uint64_t> uses(count);
    for (RuleId rule = 0; rule < count; ++rule)
      if (reached[rule])
        forEachCall(grammar.body(rule), [&](RuleId called, uint64_t times) {
          callees[rule].push_back(called);
          uses[called] = std::min(large, uses[called] + times);
        });
    std::vector<uint64_t> sizes(count);
    std::vector<uint8_t> mark(count); // 1: on the path, 2: done
    std::vector<bool> onCycle(count);
    std::vector<std::pair<RuleId, size_t>> path = {{grammar.root(), 0}};
    mark[grammar.root()] = 1;
    while (!path.empty()) {
      auto &[rule, at] = path.back();
      if (at < callees[rule].size()) {
        const RuleId callee = callees[rule][at++];
        if (mark[callee] == 0) {
          mark[callee] = 1;
          path.push_back({callee, 0});
        } else if (mark[callee] == 1) {
          onCycle[callee] = true; // cutting every back edge leaves no cycle
        }
        continue;
      }
      const RuleId done = rule;
      mark[done] = 2;
      path.pop_back();
      sizes[done] = sizeOf(grammar.body(done), sizes);
      chooseCounted(grammar.body(done), sizes);
      plan.inlined[done] = !plan.dead[done] && done != grammar.root() && !onCycle[done] &&
                           sizes[done] <= (uses[done] == 1 ? mostInlinedOnce : mostInlined);
    }
  }

  size_t longestToken;
  std::vector<bool> nullable;

  friend bool weft::constrain::hasText(const Grammar &grammar);
};

void append(GrammarAutomaton &all, const Dfa &dfa, RuleId rule) {
  const auto base = StateId(all.states());
  const auto firstCount = uint32_t(all.counts.size());
  auto moved = [&](uint32_t count) { return count == Dfa::none ? Dfa::none : firstCount + count; };
  for (const Dfa::Count &count : dfa.counts)
    all.counts.push_back(
        {count.begins, count.most, count.beyond == Dfa::none ? noState : base + count.beyond});
  all.starts[rule] = base;
  for (size_t state = 0; state < dfa.states.size(); ++state) {
    all.ends.push_back(dfa.states[state].ends);
    all.ruleOf.push_back(rule);
    all.isCounting.push_back(dfa.states[state].counts);
    const std::vector<uint32_t> &counted = dfa.states[state].counted;
    all.countRow.push_back(counted.empty() ? GrammarAutomaton::none
                                           : uint32_t(all.countOf.size() / all.classes));
    for (uint32_t count : counted)
      all.countOf.push_back(moved(count));
    for (const Dfa::Call &call : dfa.states[state].calls) {
      const Dfa::State &back = dfa.states[call.back];
      const auto *edges = dfa.next.data() + size_t(call.back) * all.classes;
      const bool isLast =
          back.ends && back.calls.empty() &&
          std::all_of(edges, edges + all.classes, [](uint32_t to) { return to == Dfa::none; });
      all.calls.push_back(
          {call.rule, base + call.back, isLast && call.count == Dfa::none, moved(call.count)});
    }
    all.callBegins.push_back(uint32_t(all.calls.size()));
  }
  for (uint32_t to : dfa.next)
    all.next.push_back(to == Dfa::none ? noState : base + to);
}

} // namespace

bool hasText(const Grammar &grammar) {
  Analysis analysis(grammar, 0);
  analysis.reached.assign(grammar.ruleCount(), true);
  for (RuleId rule = 0; rule < grammar.ruleCount(); ++rule)
    if (!grammar.isDefined(rule))
      analysis.reached[rule] = false;
  analysis.findProductive();
  return !analysis.plan.dead[grammar.root()];
}

Result<GrammarAutomaton> compile(const Grammar &grammar, size_t longestToken) {
  if (grammar.ruleCount() > mostRules)
    return fail("expected at most " + std::to_string(mostRules) + " rules, found " +
                std::to_string(grammar.ruleCount()));
  Analysis analysis(grammar, longestToken);
  if (auto done = analysis.run(); !done)
    return failFrom(done);

  std::vector<RuleId> rules;
  std::vector<Nfa> nfas;
  size_t nfaStates = 0;
  for (RuleId rule = 0; rule < grammar.ruleCount(); ++rule) {
    if (!analysis.reached[rule] || analysis.plan.inlined[rule] || analysis.plan.dead[rule])
      continue;
    auto nfa = buildNfa(grammar, rule, analysis.plan);
    if (!nfa)
      return failFrom(nfa);
    nfaStates += nfa->states.size();
    if (nfaStates > mostNfaStates)
      return fail("the rules up to \"" + grammar.name(rule) + "\" need more than " +
                  std::to_string(mostNfaStates) +
                  " states together; lower counts or split the grammar");
    rules.push_back(rule);
    nfas.push_back(std::move(*nfa));
  }

  const ByteClasses classes = ByteClasses::of(nfas);
  GrammarAutomaton automaton;
  automaton.classOf = classes.classOf;
  automaton.classes = classes.count;
  automaton.starts.assign(grammar.ruleCount(), noState);
  automaton.callBegins = {0};
  automaton.root = grammar.root();
  for (size_t i = 0; i < rules.size(); ++i) {
    const size_t room = mostStates - automaton.states();
    uint32_t unclear = Nfa::none;
    auto dfa = determinize(nfas[i], classes, room, grammar.name(rules[i]), unclear);
    // Copies tell readings apart that a counter does not; the classes of bytes stay.
    while (!dfa && unclear != Nfa::none) {
      if (nfas[i].loops[unclear] == Nfa::none)
        return fail("the rule \"" + grammar.name(rules[i]) +
                    "\" counts what can be read in two ways");
      analysis.plan.counted[nfas[i].loops[unclear]] = false;
      auto nfa = buildNfa(grammar, rules[i], analysis.plan);
      if (!nfa)
        return failFrom(nfa);
      nfas[i] = std::move(*nfa);
      dfa = determinize(nfas[i], classes, room, grammar.name(rules[i]), unclear);
    }
    if (!dfa)
      return failFrom(dfa);
    append(automaton, *dfa, rules[i]);
  }
  return automaton;
}

} // namespace weft::constrain
