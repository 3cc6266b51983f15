// JSON syntax as expressions of a grammar.
#pragma once

#include "runtime/constrain/schema/JsonSchema.h"

#include <cstdint>
#include <simdjson.h>
#include <span>
#include <string>
#include <string_view>

namespace weft::constrain {

/// Makes expressions of `grammar`, which must outlive it.
class JsonText {
public:
  JsonText(Grammar &grammar, WhiteSpace space);

  ExprId space() { return grammar.call(spaceRule); }
  /// Returns one character of `set` inside a string: escaped if it has to be, or by a short escape.
  ExprId character(const CodePoints &set);
  /// Returns any character of a string, in any of JSON's ways to write it.
  ExprId anyCharacter() { return grammar.call(characterRule); }
  /// Returns a string of `least` to `most` characters, with quotes.
  ExprId string(uint32_t least, uint32_t most);
  /// Returns a key without escapes that is none of `names`.
  ExprId keyExcept(std::span<const std::string> names);
  ExprId quoted(ExprId content);
  ExprId quotedText(std::string_view text);
  ExprId member(ExprId key, ExprId value);
  /// Returns `open`, `content` with white space around it, and `close`.
  ExprId bracketed(std::string_view open, ExprId content, std::string_view close);
  ExprId comma();

  ExprId number();  ///< at most 16 digits before and after the point, exponents of two digits
  ExprId integer(); ///< at most 18 digits
  ExprId anyObject();
  ExprId anyArray();
  ExprId anyValue() { return grammar.call(valueRule()); }
  /// Returns exactly this value, with strings and numbers written as in `element`.
  ExprId value(const simdjson::dom::element &element);

private:
  RuleId valueRule();
  ExprId keyExceptBehind(std::string prefix, std::span<const std::string> names);

  Grammar &grammar;
  RuleId spaceRule, characterRule, numberRule, integerRule;
  RuleId value_ = UINT32_MAX;
};

} // namespace weft::constrain
