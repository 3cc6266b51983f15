// Splits a template into tokens.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weft::jinja {

struct Token {
  enum class Kind {
    Text, // text between tags, to be written as it is
    OutputBegin,
    OutputEnd, // {{ }}
    BlockBegin,
    BlockEnd, // {% %}
    Name,
    String,
    Integer,
    Float,
    Operator,
    End
  };
  Kind kind;
  /// For a string, its value. For an integer, decimal digits, or digits with 0x, 0o or 0b.
  std::string text;
  unsigned line;
};

/// Returns all tokens; the last is End. White space is handled as in transformers: trim_blocks and
/// lstrip_blocks are on, and one newline at the end of the source is dropped. `raw` blocks become
/// text, comments nothing. Throws SyntaxError.
std::vector<Token> tokens(std::string_view source);

} // namespace weft::jinja
