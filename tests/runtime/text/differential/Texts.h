// The texts that tokenizers are compared over, the same on every machine.
#pragma once

#include <string>
#include <vector>

namespace weft::text::differential {

struct TextGroup {
  std::string name;
  std::vector<std::string> texts; ///< valid UTF-8 all
};

/// Hand-picked sentences, every code point alone and between others, random strings, and long
/// runs, in this order.
std::vector<TextGroup> allTexts();

/// A hundred hand-picked texts: scripts, emoji, code, white space, special tokens.
std::vector<std::string> sentences();

/// Random bytes, most of which are no UTF-8, and characters cut in two.
std::vector<std::string> invalidTexts();

} // namespace weft::text::differential
