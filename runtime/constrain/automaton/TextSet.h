// Sets of texts as deterministic automata over characters: what patterns, lengths and formats
// leave when all of them hold.
#pragma once

#include "runtime/constrain/grammar/Grammar.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace weft::constrain {

/// A regular set of texts of Unicode characters. Every state has a successor for every character.
/// Immutable; any thread may use it.
class TextSet {
public:
  /// Most states of a set.
  static constexpr size_t mostStates = 4096;

  /// All texts that `expr` of `grammar` fits; it must not call rules, and its sets are of plain
  /// characters. Errors: more than mostStates.
  static Result<TextSet> of(const Grammar &grammar, ExprId expr);
  static TextSet all();
  /// Just these, in UTF-8.
  static TextSet ofTexts(const std::vector<std::string> &texts);
  /// Texts of `least` to `most` characters; most may be `unbounded`. Errors: as above.
  static Result<TextSet> ofLengths(uint32_t least, uint32_t most);

  /// Errors: more than mostStates.
  Result<TextSet> both(const TextSet &other) const;
  Result<TextSet> either(const TextSet &other) const;
  TextSet inverted() const;

  bool contains(std::string_view text) const;
  bool empty() const { return !shortest(); }
  /// Characters of the shortest text; nullopt: there is none.
  std::optional<uint32_t> shortest() const;
  /// Characters of the longest; `unbounded`, and 0 where there is none.
  uint32_t longest() const;
  /// Whether one has `least` to `most` characters.
  bool hasLength(uint32_t least, uint32_t most) const;
  size_t states() const { return accepts.size(); }

  /// The set as an expression of `grammar`, each character as `writeSet` writes it, with `least`
  /// to `most` characters.
  ExprId write(Grammar &grammar, const std::function<ExprId(const CodePoints &)> &writeSet,
               uint32_t least = 0, uint32_t most = unbounded) const;

private:
  friend class TextSetBuilder;
  size_t classes() const { return begins.size(); }
  uint32_t after(uint32_t state, size_t c) const { return next[state * classes() + c]; }
  size_t classOf(char32_t character) const;
  Result<TextSet> product(const TextSet &other, bool isUnion) const;
  TextSet minimal() const;
  std::vector<bool> live() const;

  std::vector<char32_t> begins = {0}; // [classes]: the first character of each, in order
  std::vector<uint32_t> next;         // [states, classes]; begins in state 0
  std::vector<bool> accepts;          // [states]
};

} // namespace weft::constrain
