// Regular expressions as Hugging Face tokenizers write them.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/base/Span.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weft::regex {

/// A compiled expression. An automaton runs it where one can, as for all pre-tokenizers in
/// common use; PCRE2, with its match limit, what is left. Immutable; may be used from any
/// thread.
class Regex {
public:
  /// Compiles `pattern`, written in the syntax of Oniguruma (see PcreSyntax.h).
  static Result<Regex> compile(std::string_view pattern);

  Regex(Regex &&) noexcept;
  Regex &operator=(Regex &&) noexcept;
  ~Regex();

  /// Appends the matches in `text`, left to right and without overlap. An empty match right
  /// after another match is left out. Bytes that are no UTF-8 match nothing and part the
  /// text. If an expression exceeds PCRE2's match limit, the rest of the text has no match.
  void find(std::string_view text, std::vector<Span> &matches) const;

private:
  struct Code;
  explicit Regex(std::unique_ptr<Code> code);
  void findInValid(std::string_view text, size_t offset, std::vector<Span> &matches) const;
  void findByAutomaton(std::string_view text, size_t offset, std::vector<Span> &matches) const;
  void findByPcre(std::string_view text, size_t offset, std::vector<Span> &matches) const;
  std::unique_ptr<Code> code;
};

} // namespace weft::regex
