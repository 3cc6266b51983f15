// Recognizes prefixes of a grammar's texts, byte by byte.
#pragma once

#include "runtime/constrain/automaton/Automaton.h"

#include <cstdint>
#include <span>
#include <vector>

namespace weft::constrain {

/// Follows all readings (parses) of the bytes at once, and can take bytes back. It is Earley's
/// method ("An efficient context-free parsing algorithm", 1970) on the tables of an automaton, with
/// the stacks of all readings as one graph (Tomita, 1987): a node is a rule called at a position,
/// and its edges lead to the callers. Left recursion and ambiguity need no special care; tail calls
/// do not grow the stack. A byte costs a few table look-ups if the grammar is deterministic, and
/// never more than linear time in the text for each pair of readings. Not thread-safe; copies are
/// independent. The automaton must outlive it.
class Recognizer {
public:
  /// One reading: the state of the innermost rule, and who called it.
  struct Item {
    StateId state;
    uint32_t node;
    uint32_t count : 31; ///< the rule's counter, 0 outside loops
    /// It was added by a call from another item of the same position.
    uint32_t isCalled : 1;
  };
  /// The most readings at one position. If there are more, no byte is accepted.
  static constexpr size_t mostItems = 1024;

  /// Returns a recognizer at the beginning of a text of the root rule.
  static Recognizer ofText(const GrammarAutomaton &automaton);
  /// Returns a recognizer in `state` of its rule, without callers; canEnd() says whether the rule
  /// ends.
  static Recognizer ofState(const GrammarAutomaton &automaton, StateId state);
  /// Returns a recognizer without readings, to be used with restartAfter().
  static Recognizer ofAnyCaller(const GrammarAutomaton &automaton);
  /// Starts over right after the end of `rule`, as if called from every place that calls it, and so
  /// on outwards. Only for recognizers of ofAnyCaller().
  void restartAfter(RuleId rule);

  /// Adds one byte. Returns false and changes nothing if it is not allowed.
  bool push(uint8_t byte);
  /// Adds all of `bytes`. Returns false and changes nothing if one of them is not allowed.
  bool push(std::string_view bytes);
  /// Takes back all but the first `count` bytes.
  void truncate(size_t count);
  /// Returns the number of bytes added.
  size_t size() const { return marks.size() - 1; }

  /// Says whether the text may end here.
  bool canEnd() const { return marks.back().ends; }
  /// Returns the readings after all bytes; valid until the next change.
  std::span<const Item> readings() const { return std::span(items).subspan(marks.back().items); }

private:
  struct Node {
    RuleId rule;
    uint32_t firstEdge;
    bool ended; // at the position of the call
  };
  struct Edge {
    StateId back;
    uint32_t caller;
    uint32_t count; // the caller's counter
    uint32_t nextEdge;
  };
  /// Where the items, nodes and edges of a position begin.
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
