#include "runtime/constrain/automaton/Nfa.h"

#include <map>
#include <tuple>

namespace weft::constrain {

namespace {

class Builder {
public:
  Builder(const Grammar &grammar, const std::vector<bool> &inlined)
      : grammar(grammar), inlined(inlined) {}

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
      return addRepeat(expr, from);
    case ExprKind::Call: {
      if (inlined[expr.rule])
        return add(grammar.body(expr.rule), from);
      const uint32_t to = newState();
      nfa.states[from].calls.push_back({expr.rule, to});
      return to;
    }
    }
    return from;
  }

  uint32_t newState() {
    nfa.states.emplace_back();
    return uint32_t(nfa.states.size() - 1);
  }
  bool isFull() const { return nfa.states.size() > mostNfaStates; }

  Nfa nfa;

private:
  void addEmpty(uint32_t from, uint32_t to) { nfa.states[from].empty.push_back(to); }

  uint32_t addByte(uint32_t from, ByteRange range) {
    const uint32_t to = newState();
    nfa.states[from].bytes.push_back({range, to});
    return to;
  }

  uint32_t addRepeat(const Expr &expr, uint32_t from) {
    for (uint32_t i = 0; i < expr.least && !isFull(); ++i) {
      const size_t before = nfa.states.size();
      from = add(expr.parts[0], from);
      if (nfa.states.size() == before)
        break; // only the empty text, however often
    }
    if (expr.most == unbounded) {
      const uint32_t loop = newState();
      addEmpty(from, loop);
      addEmpty(add(expr.parts[0], loop), loop);
      // A state of its own, so that what follows is not entered from within the loop.
      const uint32_t out = newState();
      addEmpty(loop, out);
      return out;
    }
    const uint32_t join = newState();
    for (uint32_t i = expr.least; i < expr.most && !isFull(); ++i) {
      addEmpty(from, join);
      // Likewise: the edges of this copy must not be those of a choice around it.
      const uint32_t begin = newState();
      addEmpty(from, begin);
      from = add(expr.parts[0], begin);
    }
    addEmpty(from, join);
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
  const std::vector<bool> &inlined;
};

} // namespace

Result<Nfa> buildNfa(const Grammar &grammar, RuleId rule, const std::vector<bool> &inlined) {
  Builder builder(grammar, inlined);
  builder.nfa.end = builder.add(grammar.body(rule), builder.newState());
  if (builder.isFull())
    return fail("the rule \"" + grammar.name(rule) + "\" needs more than " +
                std::to_string(mostNfaStates) +
                " states; lower its counts or use fewer repetitions within repetitions");
  return std::move(builder.nfa);
}

} // namespace weft::constrain
