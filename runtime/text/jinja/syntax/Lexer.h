// The text of a template as tokens.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weft::jinja {

struct Token {
  enum class Kind {
    Text, // between tags, as it is to be written
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
  /// Of a string: what it stands for. Of an integer: decimal digits, or 0x, 0o, 0b and digits.
  std::string text;
  unsigned line;
};

/// All tokens, the last of which is End. White space is as transformers sets it:
/// trim_blocks and lstrip_blocks are on, one newline at the very end is left out; `raw`
/// blocks are text and comments nothing. Throws SyntaxError.
std::vector<Token> tokens(std::string_view source);

} // namespace weft::jinja
