// Regular sets of texts with intersection and union, to combine patterns, lengths and formats.
#pragma once

#include "runtime/constrain/grammar/Grammar.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace weft::constrain {

/// A regular set of texts of Unicode characters, as a complete deterministic automaton over
/// characters. Immutable; may be used from any thread.
class TextSet {
public:
  /// The most states of a set.
  static constexpr size_t mostStates = 4096;

  /// Returns the set of texts that match `expr` of `grammar`, which must not call rules. Errors:
  /// more than mostStates states.
  static Result<TextSet> of(const Grammar &grammar, ExprId expr);
  static TextSet all();
  /// Returns the set of exactly these UTF-8 texts.
  static TextSet ofTexts(const std::vector<std::string> &texts);
  /// Returns the texts of `least` to `most` characters; `most` may be `unbounded`. Errors: more
  /// than mostStates states.
  static Result<TextSet> ofLengths(uint32_t least, uint32_t most);

  /// Returns the intersection and the union with `other`. Errors: more than mostStates states.
  Result<TextSet> both(const TextSet &other) const;
  Result<TextSet> either(const TextSet &other) const;
  /// Returns the complement.
  TextSet inverted() const;

  bool contains(std::string_view text) const;
  bool empty() const { return !shortest(); }
  /// Returns the number of characters of the shortest text, or nullopt if the set is empty.
  std::optional<uint32_t> shortest() const;
  /// Returns the number of characters of the longest text, which may be `unbounded`; 0 for the
  /// empty set.
  uint32_t longest() const;
  /// Says whether a text has `least` to `most` characters.
  bool hasLength(uint32_t least, uint32_t most) const;
  size_t states() const { return accepts.size(); }

  /// Writes the texts of `least` to `most` characters as an expression of `grammar`. `writeSet`
  /// writes one character of a set.
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

  std::vector<char32_t> begins = {0}; // [classes]: the first character of each class, in order
  std::vector<uint32_t> next;         // [states, classes]; state 0 is the start
  std::vector<bool> accepts;          // [states]
};

} // namespace weft::constrain
