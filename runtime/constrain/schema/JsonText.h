// How JSON writes things, as expressions of a grammar.
#pragma once

#include "runtime/constrain/schema/JsonSchema.h"

#include <cstdint>
#include <simdjson.h>
#include <span>
#include <string>
#include <string_view>

namespace weft::constrain {

/// The grammar must outlive it.
class JsonText {
public:
  JsonText(Grammar &grammar, WhiteSpace space);

  ExprId space() { return grammar.call(spaceRule); }
  /// One character of a string's value, escaped where it must be, or may be shortly.
  ExprId character(const CodePoints &set);
  /// Any character in any way that JSON has of writing it.
  ExprId anyCharacter() { return grammar.call(characterRule); }
  /// A string of `least` to `most` characters.
  ExprId string(uint32_t least, uint32_t most);
  /// A key of plain characters which is none of `names`.
  ExprId keyExcept(std::span<const std::string> names);
  ExprId quoted(ExprId content);
  ExprId quotedText(std::string_view text);
  ExprId member(ExprId key, ExprId value);
  /// `open`, then `content` with white space around, then `close`.
  ExprId bracketed(std::string_view open, ExprId content, std::string_view close);
  ExprId comma();

  ExprId number();  ///< at most 16 digits before and after the point, exponents of two digits
  ExprId integer(); ///< at most 18 digits
  ExprId anyObject();
  ExprId anyArray();
  ExprId anyValue() { return grammar.call(valueRule()); }
  /// This value and no other, strings and numbers written as the element was.
  ExprId value(const simdjson::dom::element &element);

private:
  RuleId valueRule();
  ExprId keyExceptBehind(std::string prefix, std::span<const std::string> names);

  Grammar &grammar;
  RuleId spaceRule, characterRule, numberRule, integerRule;
  RuleId value_ = UINT32_MAX;
};

} // namespace weft::constrain
