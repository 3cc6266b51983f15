#include "runtime/constrain/automaton/TextSet.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace weft::constrain {

namespace {

tl::unexpected<Error> tooLarge() {
  return fail("what has to hold together needs more than " + std::to_string(TextSet::mostStates) +
              " states; lower its counts");
}

} // namespace

/// Thompson's construction and the subsets of its states, over characters. Nfa.cpp walks the same
/// expressions over bytes, with counters, calls and tokens, none of which a set of texts can be
/// intersected with; their edges differ in kind, so the walk is written twice.
class TextSetBuilder {
public:
  explicit TextSetBuilder(const Grammar &grammar) : grammar(grammar) {}

  Result<TextSet> build(ExprId expr) {
    const uint32_t end = add(expr, newState());
    if (isFull())
      return tooLarge();
    TextSet made;
    made.begins.assign(borders.begin(), borders.end());
    std::map<std::vector<uint32_t>, uint32_t> ids;
    std::vector<std::vector<uint32_t>> subsets;
    auto idOf = [&](std::vector<uint32_t> from) {
      auto [place, isNew] = ids.try_emplace(closed(std::move(from)), uint32_t(subsets.size()));
      if (isNew) {
        subsets.push_back(place->first);
        made.accepts.push_back(std::ranges::binary_search(place->first, end));
      }
      return place->second;
    };
    idOf({0});
    for (size_t id = 0; id < subsets.size(); ++id) {
      if (subsets.size() > TextSet::mostStates)
        return tooLarge();
      std::vector<std::vector<uint32_t>> targets(made.classes());
      for (uint32_t member : subsets[id])
        for (const auto &[range, to] : states[member].edges)
          for (size_t c = made.classOf(range.low);
               c < made.classes() && made.begins[c] <= range.high; ++c)
            targets[c].push_back(to);
      for (auto &target : targets)
        made.next.push_back(idOf(std::move(target)));
    }
    return made.minimal();
  }

private:
  struct State {
    std::vector<uint32_t> empty;
    std::vector<std::pair<CodePoints::Range, uint32_t>> edges;
  };
  static constexpr size_t mostParts = 1 << 16;

  bool isFull() const { return states.size() > mostParts; }
  uint32_t newState() {
    states.emplace_back();
    return uint32_t(states.size() - 1);
  }
  void connect(uint32_t from, uint32_t to) { states[from].empty.push_back(to); }

  uint32_t addSet(const CodePoints &set, uint32_t from) {
    const uint32_t to = newState();
    for (const CodePoints::Range &range : set.list()) {
      borders.insert(range.low);
      if (range.high < CodePoints::last)
        borders.insert(range.high + 1);
      states[from].edges.push_back({range, to});
    }
    return to;
  }

  uint32_t add(ExprId id, uint32_t from) {
    if (isFull())
      return from;
    const Expr &expr = grammar.expr(id);
    switch (expr.kind) {
    case ExprKind::Literal: {
      std::string_view text = expr.bytes;
      for (char32_t character = 0; takeCharacter(text, character);)
        from = addSet({{character, character}}, from);
      return from;
    }
    case ExprKind::Set:
      return addSet(expr.set, from);
    case ExprKind::Sequence:
      for (ExprId part : expr.parts)
        from = add(part, from);
      return from;
    case ExprKind::Choice: {
      const uint32_t join = newState();
      for (ExprId part : expr.parts)
        connect(add(part, from), join);
      return join;
    }
    case ExprKind::Repeat: {
      for (uint32_t i = 0; i < expr.least && !isFull(); ++i) {
        const size_t before = states.size();
        from = add(expr.parts[0], from);
        if (states.size() == before)
          break; // only the empty text, however often
      }
      const uint32_t out = newState();
      if (expr.most == unbounded) {
        const uint32_t loop = newState();
        connect(from, loop);
        connect(add(expr.parts[0], loop), loop);
        connect(loop, out);
        return out;
      }
      for (uint32_t i = expr.least; i < expr.most && !isFull(); ++i) {
        connect(from, out);
        const uint32_t begin = newState();
        connect(from, begin);
        from = add(expr.parts[0], begin);
      }
      connect(from, out);
      return out;
    }
    case ExprKind::Automaton: {
      const auto base = uint32_t(states.size());
      for (size_t i = 0; i < expr.automaton.size(); ++i)
        newState();
      const uint32_t out = newState();
      connect(from, base);
      for (size_t i = 0; i < expr.automaton.size(); ++i) {
        if (expr.automaton[i].accepts)
          connect(base + uint32_t(i), out);
        for (const auto &[label, to] : expr.automaton[i].edges)
          connect(add(label, base + uint32_t(i)), base + to);
      }
      return out;
    }
    case ExprKind::Call:
    case ExprKind::Tokens:
      break; // never of these
    }
    return newState();
  }

  std::vector<uint32_t> closed(std::vector<uint32_t> open) const {
    std::set<uint32_t> reached;
    while (!open.empty()) {
      const uint32_t state = open.back();
      open.pop_back();
      if (reached.insert(state).second)
        open.insert(open.end(), states[state].empty.begin(), states[state].empty.end());
    }
    return {reached.begin(), reached.end()};
  }

  const Grammar &grammar;
  std::vector<State> states;
  std::set<char32_t> borders = {0};
};

Result<TextSet> TextSet::of(const Grammar &grammar, ExprId expr) {
  return TextSetBuilder(grammar).build(expr);
}

TextSet TextSet::all() {
  TextSet set;
  set.next = {0};
  set.accepts = {true};
  return set;
}

TextSet TextSet::ofTexts(const std::vector<std::string> &texts) {
  Grammar grammar;
  std::vector<ExprId> ways;
  for (const std::string &text : texts)
    ways.push_back(grammar.literal(text));
  auto made = of(grammar, grammar.choice(std::move(ways)));
  return made ? std::move(*made) : all().inverted();
}

Result<TextSet> TextSet::ofLengths(uint32_t least, uint32_t most) {
  const size_t count = (most == unbounded ? size_t(least) : size_t(most) + 1) + 1;
  if (count > mostStates)
    return tooLarge();
  TextSet set;
  for (size_t state = 0; state < count; ++state) {
    set.next.push_back(uint32_t(std::min(state + 1, count - 1)));
    set.accepts.push_back(state >= least && (most == unbounded || state <= most));
  }
  return set;
}

size_t TextSet::classOf(char32_t character) const {
  return size_t(std::ranges::upper_bound(begins, character) - begins.begin()) - 1;
}

Result<TextSet> TextSet::product(const TextSet &other, bool isUnion) const {
  TextSet made;
  std::set<char32_t> borders(begins.begin(), begins.end());
  borders.insert(other.begins.begin(), other.begins.end());
  made.begins.assign(borders.begin(), borders.end());
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> ids;
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  auto idOf = [&](uint32_t a, uint32_t b) {
    auto [place, isNew] = ids.try_emplace({a, b}, uint32_t(pairs.size()));
    if (isNew) {
      pairs.push_back({a, b});
      made.accepts.push_back(isUnion ? accepts[a] || other.accepts[b]
                                     : accepts[a] && other.accepts[b]);
    }
    return place->second;
  };
  idOf(0, 0);
  for (size_t id = 0; id < pairs.size(); ++id) {
    if (pairs.size() > 4 * mostStates)
      return tooLarge();
    const auto [a, b] = pairs[id];
    for (char32_t begin : made.begins)
      made.next.push_back(idOf(after(a, classOf(begin)), other.after(b, other.classOf(begin))));
  }
  TextSet small = made.minimal();
  if (small.states() > mostStates)
    return tooLarge();
  return small;
}

Result<TextSet> TextSet::both(const TextSet &other) const { return product(other, false); }
Result<TextSet> TextSet::either(const TextSet &other) const { return product(other, true); }

TextSet TextSet::inverted() const {
  TextSet made = *this;
  made.accepts.flip();
  return made;
}

/// One state for all dead ones, and for those that Moore's refinement does not tell apart after
/// as many rounds as small sets need; larger sets keep more states.
TextSet TextSet::minimal() const {
  const std::vector<bool> alive = live();
  std::vector<uint32_t> group(states()), refined(states());
  for (size_t state = 0; state < states(); ++state)
    group[state] = alive[state] ? (accepts[state] ? 2 : 1) : 0;
  size_t known = 0;
  bool isDone = false;
  for (size_t round = 0; round <= states() && states() * round < (1 << 19) && !isDone; ++round) {
    std::map<std::vector<uint32_t>, uint32_t> ids;
    for (size_t state = 0; state < states(); ++state) {
      std::vector<uint32_t> key = {group[state]};
      for (size_t c = 0; c < classes(); ++c)
        key.push_back(group[after(uint32_t(state), c)]);
      refined[state] = ids.try_emplace(std::move(key), uint32_t(ids.size())).first->second;
    }
    isDone = ids.size() == known;
    known = ids.size();
    group.swap(refined);
  }
  if (!isDone)
    return *this;
  TextSet made;
  made.begins = begins;
  std::vector<uint32_t> first(known, UINT32_MAX);
  std::vector<uint32_t> order;
  for (size_t state = 0; state < states(); ++state) // the groups are in order of their states
    if (first[group[state]] == UINT32_MAX) {
      first[group[state]] = uint32_t(state);
      order.push_back(uint32_t(state));
    }
  for (uint32_t state : order) {
    made.accepts.push_back(accepts[state]);
    for (size_t c = 0; c < classes(); ++c)
      made.next.push_back(group[after(state, c)]);
  }
  return made;
}

/// [states]: whether a text goes on from there.
std::vector<bool> TextSet::live() const {
  std::vector<std::vector<uint32_t>> from(states());
  std::vector<bool> alive(states());
  std::vector<uint32_t> open;
  for (uint32_t state = 0; state < states(); ++state) {
    for (size_t c = 0; c < classes(); ++c)
      from[after(state, c)].push_back(state);
    if (accepts[state])
      open.push_back(state);
  }
  while (!open.empty()) {
    const uint32_t state = open.back();
    open.pop_back();
    if (alive[state])
      continue;
    alive[state] = true;
    open.insert(open.end(), from[state].begin(), from[state].end());
  }
  return alive;
}

bool TextSet::contains(std::string_view text) const {
  uint32_t state = 0;
  while (!text.empty()) {
    char32_t character = 0;
    if (!takeCharacter(text, character))
      return false;
    state = after(state, classOf(character));
  }
  return accepts[state];
}

std::optional<uint32_t> TextSet::shortest() const {
  std::vector<uint32_t> depth(states(), UINT32_MAX), open = {0};
  depth[0] = 0;
  for (size_t i = 0; i < open.size(); ++i) {
    const uint32_t state = open[i];
    if (accepts[state])
      return depth[state];
    for (size_t c = 0; c < classes(); ++c)
      if (const uint32_t to = after(state, c); depth[to] == UINT32_MAX) {
        depth[to] = depth[state] + 1;
        open.push_back(to);
      }
  }
  return std::nullopt;
}

bool TextSet::hasLength(uint32_t least, uint32_t most) const {
  if (longest() == unbounded && most == unbounded)
    return !empty();
  const std::vector<bool> alive = live();
  if (!alive[0])
    return false;
  // Behind `least` characters a text that is as long as there are states has come back.
  std::set<uint32_t> layer = {0};
  for (uint64_t length = 0; !layer.empty() && length <= most && length <= least + states();
       ++length) {
    std::set<uint32_t> following;
    for (uint32_t state : layer) {
      if (accepts[state] && length >= least)
        return true;
      for (size_t c = 0; c < classes(); ++c)
        if (const uint32_t to = after(state, c); alive[to])
          following.insert(to);
    }
    if (following == layer && length < least && least != UINT32_MAX)
      length = std::max<uint64_t>(length, least - 1); // it stays so
    layer = std::move(following);
  }
  return false;
}

uint32_t TextSet::longest() const {
  const std::vector<bool> alive = live();
  if (!alive[0])
    return 0;
  // Layer by layer: more layers than states come back to one of them.
  std::set<uint32_t> layer = {0};
  uint32_t longest = 0;
  for (uint32_t length = 0; !layer.empty(); ++length) {
    if (length > states())
      return unbounded;
    std::set<uint32_t> following;
    for (uint32_t state : layer) {
      if (accepts[state])
        longest = length;
      for (size_t c = 0; c < classes(); ++c)
        if (const uint32_t to = after(state, c); alive[to])
          following.insert(to);
    }
    layer = std::move(following);
  }
  return longest;
}

ExprId TextSet::write(Grammar &grammar, const std::function<ExprId(const CodePoints &)> &writeSet,
                      uint32_t least, uint32_t most) const {
  const std::vector<bool> alive = live();
  std::vector<Expr::State> written(states());
  for (uint32_t state = 0; state < states(); ++state) {
    if (!alive[state])
      continue;
    written[state].accepts = accepts[state];
    std::map<uint32_t, CodePoints> sets;
    for (size_t c = 0; c < classes(); ++c)
      if (const uint32_t to = after(state, c); alive[to])
        sets[to].add(begins[c], c + 1 < classes() ? begins[c + 1] - 1 : CodePoints::last);
    for (const auto &[to, set] : sets)
      if (!set.empty())
        written[state].edges.push_back({writeSet(set), to});
  }
  return grammar.automaton(std::move(written), least, most);
}

} // namespace weft::constrain
