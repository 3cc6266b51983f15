// Whether bytes, one after the other, can be the beginning of a text of a grammar.
#pragma once

#include "runtime/constrain/automaton/Automaton.h"

#include <cstdint>
#include <span>
#include <vector>

namespace weft::constrain {

/// Follows every reading of the bytes at once, and can take bytes back. Earley's method ("An
/// efficient context-free parsing algorithm", 1970) on an automaton's tables, with the stacks
/// of all readings as one graph (Tomita, 1987): a node is a rule called at a position, its
/// edges are the callers. Left recursion and ambiguity need no care; calls at the end of a
/// rule grow no stack. A byte costs a few table look-ups where the grammar is deterministic,
/// and never more than linear in the text for each pair of readings. Not thread-safe; copies
/// are independent. The automaton must outlive it.
class Recognizer {
public:
  /// One reading: the state of the innermost rule, and who called it.
  struct Item {
    StateId state;
    uint32_t node;
    uint32_t count : 31; ///< of the rule's repetitions, 0 outside of its loops
    /// It came of another item of the same position calling a rule.
    uint32_t isCalled : 1;
  };
  /// Most readings at one position; more end the text as if no byte fitted.
  static constexpr size_t mostItems = 1024;

  /// At the beginning of a text of the root rule.
  static Recognizer ofText(const GrammarAutomaton &automaton);
  /// In `state` of its rule, called from nowhere: canEnd() says whether the rule ends.
  static Recognizer ofState(const GrammarAutomaton &automaton, StateId state);
  /// Nowhere yet, but for restartAfter().
  static Recognizer ofAnyCaller(const GrammarAutomaton &automaton);
  /// Begins anew where the rule has just ended, called from anywhere that calls it, and so on
  /// outwards. Only for a recognizer of any caller.
  void restartAfter(RuleId rule);

  /// Takes one byte. False, and nothing changes, where it does not fit.
  bool push(uint8_t byte);
  /// Takes all or none of them.
  bool push(std::string_view bytes);
  /// Forgets all but the first `count` bytes.
  void truncate(size_t count);
  size_t size() const { return marks.size() - 1; }

  /// Whether the text may end here.
  bool canEnd() const { return marks.back().ends; }
  /// The readings after all bytes.
  std::span<const Item> readings() const { return std::span(items).subspan(marks.back().items); }

private:
  struct Node {
    RuleId rule;
    uint32_t firstEdge;
    bool ended; // at the position where it was called
  };
  struct Edge {
    StateId back;
    uint32_t caller;
    uint32_t count; // of the caller
    uint32_t nextEdge;
  };
  /// Where the items of a position begin, and how much of the graph is older.
  struct Mark {
    size_t items, nodes, edges;
    bool ends;
  };
  static constexpr uint32_t none = UINT32_MAX;

  explicit Recognizer(const GrammarAutomaton &automaton) : automaton(&automaton) {}
  void begin();
  void add(StateId state, uint32_t node, uint32_t count, bool isCalled);
  bool step(uint32_t edge, StateId &to, uint32_t &count) const;
  void call(const CallEdge &edge, const Item &item);
  void end(uint32_t node);
  bool close(size_t from);

  const GrammarAutomaton *automaton;
  std::vector<Item> items;
  std::vector<Node> nodes;
  std::vector<Edge> edges;
  std::vector<Mark> marks;
};

} // namespace weft::constrain
