#include "runtime/constrain/automaton/Recognizer.h"

namespace weft::constrain {

void Recognizer::begin() { marks.push_back({items.size(), nodes.size(), edges.size(), false}); }

Recognizer Recognizer::ofText(const GrammarAutomaton &automaton) {
  return ofState(automaton, automaton.starts[automaton.root]);
}

Recognizer Recognizer::ofState(const GrammarAutomaton &automaton, StateId state) {
  Recognizer recognizer(automaton);
  recognizer.nodes.push_back({automaton.ruleOf[state], none, false});
  recognizer.begin();
  recognizer.add(state, 0, 0, false);
  recognizer.close(0);
  return recognizer;
}

Recognizer Recognizer::ofAnyCaller(const GrammarAutomaton &automaton) {
  Recognizer recognizer(automaton);
  for (RuleId each = 0; each < automaton.starts.size(); ++each)
    recognizer.nodes.push_back({each, none, false});
  for (StateId state = 0; state < automaton.states(); ++state)
    for (const CallEdge &edge : automaton.callsOf(state)) {
      Node &node = recognizer.nodes[edge.rule];
      auto add = [&](StateId back) {
        recognizer.edges.push_back({back, automaton.ruleOf[state], 0, node.firstEdge});
        node.firstEdge = uint32_t(recognizer.edges.size() - 1);
      };
      add(edge.back);
      if (edge.count != GrammarAutomaton::none && automaton.counts[edge.count].beyond != noState)
        add(automaton.counts[edge.count].beyond);
    }
  recognizer.begin();
  return recognizer;
}

void Recognizer::restartAfter(RuleId rule) {
  truncate(0);
  items.clear();
  marks[0].ends = false;
  nodes.resize(marks[0].nodes);
  edges.resize(marks[0].edges);
  end(rule);
  close(0);
}

void Recognizer::add(StateId state, uint32_t node, uint32_t count, bool isCalled) {
  for (size_t i = marks.back().items; i < items.size(); ++i)
    if (items[i].state == state && items[i].node == node && items[i].count == count) {
      items[i].isCalled &= isCalled;
      return;
    }
  items.push_back({state, node, count, isCalled});
}

/// What an edge to `to` that does `edge` of the automaton's counts (or none) makes of both.
/// False: the counter is full and nothing is beyond.
bool Recognizer::step(uint32_t edge, StateId &to, uint32_t &count) const {
  if (edge == GrammarAutomaton::none) {
    count = automaton->isCounting[to] ? count : 0;
    return true;
  }
  const CountEdge &counted = automaton->counts[edge];
  if (counted.begins || count < counted.most) {
    count = counted.begins ? 1 : count + 1;
    return true;
  }
  to = counted.beyond;
  count = 0;
  return to != noState;
}

void Recognizer::call(const CallEdge &edge, const Item &item) {
  const StateId start = automaton->starts[edge.rule];
  if (edge.isTail)
    return add(start, item.node, 0, true);
  StateId back = edge.back;
  uint32_t count = item.count;
  if (!step(edge.count, back, count))
    return;
  uint32_t node = uint32_t(marks.back().nodes);
  while (node < nodes.size() && nodes[node].rule != edge.rule)
    ++node;
  if (node == nodes.size())
    nodes.push_back({edge.rule, none, false});
  edges.push_back({back, item.node, count, nodes[node].firstEdge});
  nodes[node].firstEdge = uint32_t(edges.size() - 1);
  add(start, node, 0, true);
  if (nodes[node].ended) // it takes no bytes, and its end has been told to earlier callers only
    add(back, item.node, count, false);
}

void Recognizer::end(uint32_t node) {
  if (nodes[node].firstEdge == none)
    marks.back().ends = true;
  for (uint32_t edge = nodes[node].firstEdge; edge != none; edge = edges[edge].nextEdge)
    add(edges[edge].back, edges[edge].caller, edges[edge].count, false);
  if (node >= marks.back().nodes)
    nodes[node].ended = true;
}

/// Adds what follows of the items from `from` on without a byte. False: too many.
bool Recognizer::close(size_t from) {
  for (size_t i = from; i < items.size(); ++i) {
    if (i - from >= mostItems)
      return false;
    const Item item = items[i];
    for (const CallEdge &edge : automaton->callsOf(item.state))
      call(edge, item);
    if (automaton->ends[item.state])
      end(item.node);
  }
  return true;
}

bool Recognizer::push(uint8_t byte) {
  const size_t first = marks.back().items, last = items.size();
  const bool counts = !automaton->counts.empty();
  begin();
  for (size_t i = first; i < last; ++i) {
    StateId to = automaton->after(items[i].state, byte);
    if (to == noState)
      continue;
    uint32_t count = 0;
    if (counts) {
      count = items[i].count;
      if (!step(automaton->countEdge(items[i].state, byte), to, count))
        continue;
    }
    add(to, items[i].node, count, false);
  }
  if (items.size() > last && close(last))
    return true;
  truncate(size() - 1);
  return false;
}

bool Recognizer::push(std::string_view bytes) {
  const size_t before = size();
  for (char byte : bytes)
    if (!push(uint8_t(byte))) {
      truncate(before);
      return false;
    }
  return true;
}

void Recognizer::truncate(size_t count) {
  if (count >= size())
    return;
  const Mark &mark = marks[count + 1];
  items.resize(mark.items);
  nodes.resize(mark.nodes);
  edges.resize(mark.edges);
  marks.resize(count + 1);
}

} // namespace weft::constrain
