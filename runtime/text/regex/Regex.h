// The regular expressions of Hugging Face tokenizers.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/base/Span.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weft::regex {

/// A compiled expression. It runs as an automaton where possible, as for all common pre-tokenizers,
/// and otherwise by PCRE2 with a match limit. Immutable; may be used from any thread.
class Regex {
public:
  /// Compiles `pattern`, which has Oniguruma's syntax (see PcreSyntax.h). Errors: it is invalid or
  /// not supported.
  static Result<Regex> compile(std::string_view pattern);

  Regex(Regex &&) noexcept;
  Regex &operator=(Regex &&) noexcept;
  ~Regex();

  /// Appends the matches in `text` to `matches`, left to right without overlap. An empty match
  /// right after another match is left out. Invalid UTF-8 bytes match nothing and separate matches.
  /// If PCRE2's match limit is exceeded, the rest of the text has no matches.
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
