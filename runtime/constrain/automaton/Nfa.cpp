#include "runtime/constrain/automaton/Nfa.h"

#include "runtime/constrain/grammar/TokenBytes.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace weft::constrain {

namespace {

class Builder {
public:
  Builder(const Grammar &grammar, const BuildPlan &plan) : grammar(grammar), plan(plan) {}

  /// Adds what `id` takes behind state `from`; returns the state after it.
  uint32_t add(ExprId id, uint32_t from) {
    if (isFull())
      return from;
    const Expr &expr = grammar.expr(id);
    switch (expr.kind) {
    case ExprKind::Literal:
      for (char byte : expr.bytes)
        from = addByte(from, {uint8_t(byte), uint8_t(byte)});
      return from;
    case ExprKind::Set:
      return addSet(expr.set, from);
    case ExprKind::Sequence:
      for (ExprId part : expr.parts)
        from = add(part, from);
      return from;
    case ExprKind::Choice: {
      const uint32_t join = newState();
      for (ExprId part : expr.parts)
        addEmpty(add(part, from), join);
      return join;
    }
    case ExprKind::Repeat:
      return plan.counted[id] && loop == Nfa::none ? addCounted(id, from)
                                                   : addRepeat(expr, expr.least, expr.most, from);
    case ExprKind::Call: {
      if (plan.dead[expr.rule])
        return newState();
      if (plan.inlined[expr.rule])
        return add(grammar.body(expr.rule), from);
      const uint32_t to = newState();
      nfa.states[from].calls.push_back({expr.rule, to});
      return to;
    }
    case ExprKind::Automaton:
      return addAutomaton(id, from);
    case ExprKind::Tokens:
      return addTokens(expr, from);
    }
    return from;
  }

  uint32_t newState() {
    nfa.states.emplace_back().loop = loop;
    return uint32_t(nfa.states.size() - 1);
  }
  bool isFull() const { return nfa.states.size() > mostNfaStates; }

  Nfa nfa;

private:
  void addEmpty(uint32_t from, uint32_t to, uint32_t count = Nfa::none) {
    nfa.states[from].empty.push_back({to, count});
  }

  uint32_t addByte(uint32_t from, ByteRange range) {
    const uint32_t to = newState();
    nfa.states[from].bytes.push_back({range, to});
    return to;
  }

  uint32_t addRepeat(const Expr &expr, uint32_t least, uint32_t most, uint32_t from) {
    for (uint32_t i = 0; i < least && !isFull(); ++i) {
      const size_t before = nfa.states.size();
      from = add(expr.parts[0], from);
      if (nfa.states.size() == before)
        break; // only the empty text, however often
    }
    if (most == unbounded) {
      const uint32_t loop = newState();
      addEmpty(from, loop);
      addEmpty(add(expr.parts[0], loop), loop);
      // A state of its own, so that what follows is not entered from within the loop.
      const uint32_t out = newState();
      addEmpty(loop, out);
      return out;
    }
    const uint32_t join = newState();
    for (uint32_t i = least; i < most && !isFull(); ++i) {
      addEmpty(from, join);
      // Likewise: the edges of this copy must not be those of a choice around it.
      const uint32_t begin = newState();
      addEmpty(from, begin);
      from = add(expr.parts[0], begin);
    }
    addEmpty(from, join);
    return join;
  }

  /// All but the last repetitions that must come, and all but the last that may, as loops.
  uint32_t addCounted(ExprId id, uint32_t from) {
    const Expr &expr = grammar.expr(id);
    const uint32_t tail = plan.tails[id];
    uint32_t least = expr.least, most = expr.most;
    if (least > 2 * tail) {
      from = addLoop(id, least - tail, from, Nfa::none);
      most -= most == unbounded ? 0 : least - tail;
      least = tail;
    }
    from = addRepeat(expr, least, least, from);
    if (most == unbounded || most - least <= 2 * tail)
      return addRepeat(expr, 0, most == unbounded ? most : most - least, from);
    const uint32_t out = newState();
    const uint32_t beyond = addLoop(id, most - least - tail, from, out);
    addEmpty(addRepeat(expr, 0, tail, beyond), out);
    return out;
  }

  /// Up to `most` repetitions, counted, between which the text may go to `out` (unless none).
  /// Returns the state in which it goes on with one more.
  uint32_t addLoop(ExprId id, uint32_t most, uint32_t from, uint32_t out) {
    const uint32_t beyond = newState();
    loop = uint32_t(nfa.loops.size());
    nfa.loops.push_back(id);
    const auto counts = uint32_t(nfa.counts.size());
    nfa.counts.push_back({true, most, beyond});
    nfa.counts.push_back({false, most, beyond});
    const uint32_t begin = newState();
    const uint32_t end = add(grammar.expr(id).parts[0], begin);
    loop = Nfa::none;
    addEmpty(from, begin, counts);
    addEmpty(end, begin, counts + 1);
    if (out != Nfa::none) {
      addEmpty(from, out);
      addEmpty(end, out);
    }
    return beyond;
  }

  using Column = std::vector<uint32_t>; // [states of an automaton]

  Column newColumn(const Expr &expr) {
    Column column;
    for (size_t i = 0; i < expr.automaton.size(); ++i)
      column.push_back(newState());
    return column;
  }

  /// The edges of an automaton from one column of its states to another one.
  void connect(const Expr &expr, const Column &from, const Column &to) {
    for (size_t i = 0; i < from.size() && !isFull(); ++i)
      for (const auto &[label, next] : expr.automaton[i].edges)
        addEmpty(add(label, from[i]), to[next]);
  }

  void leave(const Expr &expr, const Column &column, uint32_t out) {
    for (size_t i = 0; i < column.size(); ++i)
      if (expr.automaton[i].accepts)
        addEmpty(column[i], out);
  }

  /// A column of states for each number of edges taken that counts; long runs of columns are
  /// loops of one, as repetitions are.
  uint32_t addAutomaton(ExprId id, uint32_t from) {
    const Expr &expr = grammar.expr(id);
    const bool isCounted = plan.counted[id] && loop == Nfa::none;
    const uint32_t tail = plan.tails[id];
    const uint32_t out = newState();
    Column column = newColumn(expr);
    addEmpty(from, column[0]);
    uint32_t least = expr.least, most = expr.most;
    auto take = [&](bool canLeave) {
      if (canLeave)
        leave(expr, column, out);
      Column next = newColumn(expr);
      connect(expr, column, next);
      column = std::move(next);
      most -= most == unbounded ? 0 : 1;
      least -= least == 0 ? 0 : 1;
    };
    auto count = [&](uint32_t times, bool canLeave) {
      column = addLoop(expr, times, column, canLeave ? out : Nfa::none);
      most -= most == unbounded ? 0 : times;
      least -= least == 0 ? 0 : times;
    };
    if (isCounted && least > 2 * tail)
      count(least - tail, false);
    while (least > 0 && !isFull())
      take(false);
    if (most == unbounded) {
      connect(expr, column, column);
    } else {
      if (isCounted && most > 2 * tail)
        count(most - tail, true);
      while (most > 0 && !isFull())
        take(true);
    }
    leave(expr, column, out);
    return out;
  }

  /// Up to `most` edges from the states of `from`, counted, behind which the text may go to
  /// `out` (unless none). Returns the states in which it goes on with one more.
  Column addLoop(const Expr &expr, uint32_t most, const Column &from, uint32_t out) {
    const Column beyond = newColumn(expr);
    loop = uint32_t(nfa.loops.size());
    nfa.loops.push_back(Nfa::none);
    const Column begins = newColumn(expr), ends = newColumn(expr);
    connect(expr, begins, ends);
    loop = Nfa::none;
    for (size_t i = 0; i < from.size(); ++i) {
      const auto counts = uint32_t(nfa.counts.size());
      nfa.counts.push_back({true, most, beyond[i]});
      nfa.counts.push_back({false, most, beyond[i]});
      addEmpty(from[i], begins[i], counts);
      addEmpty(ends[i], begins[i], counts + 1);
    }
    if (out != Nfa::none) {
      leave(expr, from, out);
      leave(expr, ends, out);
    }
    return beyond;
  }

  uint32_t addTokens(const Expr &expr, uint32_t from) {
    const uint32_t mark = addByte(from, {tokenMark, tokenMark}), join = newState();
    auto range = [&](int32_t low, int32_t high) {
      tokenSequences(low, high, [&](std::span<const ByteRange> bytes) {
        uint32_t state = mark;
        for (const ByteRange &byte : bytes)
          state = addByte(state, byte);
        addEmpty(state, join);
      });
    };
    std::vector<int32_t> ids = expr.ids;
    std::ranges::sort(ids);
    int32_t next = 0;
    for (int32_t id : ids) {
      if (!expr.isNegated)
        range(id, id);
      else
        range(next, id - 1);
      next = id + 1;
    }
    if (expr.isNegated)
      range(next, mostTokens - 1);
    return join;
  }

  /// Sequences share the states of equal remainders, which keeps the tables small.
  uint32_t addSet(const CodePoints &set, uint32_t from) {
    const uint32_t join = newState();
    std::map<std::tuple<ByteRange, uint32_t>, uint32_t> before;
    for (const CodePoints::Range &range : set.list())
      utf8Sequences(range.low, range.high, [&](std::span<const ByteRange> bytes) {
        uint32_t to = join;
        for (size_t i = bytes.size() - 1; i > 0; --i) {
          auto [place, isNew] = before.try_emplace({bytes[i], to}, 0);
          if (isNew) {
            place->second = newState();
            nfa.states[place->second].bytes.push_back({bytes[i], to});
          }
          to = place->second;
        }
        nfa.states[from].bytes.push_back({bytes[0], to});
      });
    return join;
  }

  const Grammar &grammar;
  const BuildPlan &plan;
  uint32_t loop = Nfa::none; // that new states are in
};

} // namespace

Result<Nfa> buildNfa(const Grammar &grammar, RuleId rule, const BuildPlan &plan) {
  Builder builder(grammar, plan);
  builder.nfa.end = builder.add(grammar.body(rule), builder.newState());
  if (builder.isFull())
    return fail("the rule \"" + grammar.name(rule) + "\" needs more than " +
                std::to_string(mostNfaStates) +
                " states; lower its counts or use fewer repetitions within repetitions");
  return std::move(builder.nfa);
}

} // namespace weft::constrain
