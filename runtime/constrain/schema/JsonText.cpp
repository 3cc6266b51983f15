#include "runtime/constrain/schema/JsonText.h"

#include "runtime/base/Utf8.h"
#include "runtime/constrain/grammar/Regex.h"

#include <algorithm>
#include <vector>

namespace weft::constrain {

namespace {

const CodePoints mustEscape = {{0, 0x1F}, {'"', '"'}, {'\\', '\\'}};
constexpr std::u32string_view shortlyEscaped = U"\"\\/\b\f\n\r\t";
constexpr std::string_view shortNames = "\"\\/bfnrt";

/// A regular expression that is known to be one, of bytes as they stand.
ExprId fixed(Grammar &grammar, std::string_view pattern) {
  return *parseRegex(grammar, pattern, Fit::Whole,
                     [&](const CodePoints &set) { return grammar.set(set); });
}

} // namespace

JsonText::JsonText(Grammar &grammar, WhiteSpace space) : grammar(grammar) {
  auto define = [&](const char *name, ExprId body) {
    const RuleId rule = grammar.rule(name);
    grammar.define(rule, body);
    return rule;
  };
  spaceRule = define("space", space == WhiteSpace::Compact ? grammar.sequence({})
                                                           : fixed(grammar, " ?|\\n[ \\t]{0,20}"));
  constexpr std::string_view escapes =
      R"(\\(["\\/bfnrt]|u([0-9a-cA-CefEF][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2})"
      R"(|[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})))";
  characterRule = define(
      "character", grammar.choice({grammar.set(mustEscape.inverted()), fixed(grammar, escapes)}));
  numberRule = define(
      "number", fixed(grammar, "-?(0|[1-9][0-9]{0,15})(\\.[0-9]{1,16})?([eE][+\\-]?[0-9]{1,2})?"));
  integerRule = define("integer", fixed(grammar, "0|-?[1-9][0-9]{0,17}"));
}

ExprId JsonText::character(const CodePoints &set) {
  std::vector<ExprId> ways;
  const CodePoints plain = set.without(mustEscape);
  if (!plain.empty())
    ways.push_back(grammar.set(plain));
  for (size_t i = 0; i < shortNames.size(); ++i)
    if (set.contains(shortlyEscaped[i]))
      ways.push_back(grammar.literal(std::string("\\") + shortNames[i]));
  constexpr char hex[] = "0123456789abcdef";
  for (char32_t control = 0; control < 0x20; ++control)
    if (set.contains(control) && shortlyEscaped.find(control) == std::u32string_view::npos)
      ways.push_back(
          grammar.literal(std::string("\\u00") + char('0' + (control >> 4)) + hex[control & 15]));
  return grammar.choice(std::move(ways));
}

ExprId JsonText::quoted(ExprId content) {
  return grammar.sequence({grammar.literal("\""), content, grammar.literal("\"")});
}

ExprId JsonText::quotedText(std::string_view text) {
  std::vector<ExprId> parts = {grammar.literal("\"")};
  std::string plain;
  for (char32_t character = 0; takeCharacter(text, character);) {
    if (!mustEscape.contains(character)) {
      appendUtf8(plain, character);
      continue;
    }
    parts.push_back(grammar.literal(std::exchange(plain, {})));
    parts.push_back(this->character({{character, character}}));
  }
  parts.push_back(grammar.literal(plain + "\""));
  return grammar.sequence(std::move(parts));
}

ExprId JsonText::string(uint32_t least, uint32_t most) {
  return quoted(grammar.repeat(anyCharacter(), least, most));
}

/// What may follow `prefix`, which at least one of the names begins with.
ExprId JsonText::keyExceptBehind(std::string prefix, std::span<const std::string> names) {
  std::vector<ExprId> ways;
  CodePoints leading;
  bool isName = false;
  std::vector<char32_t> nexts;
  for (std::string_view name : names) {
    if (!name.starts_with(prefix))
      continue;
    name.remove_prefix(prefix.size());
    char32_t next = 0;
    if (!takeCharacter(name, next))
      isName = true;
    else if (!leading.contains(next)) {
      leading.add(next, next);
      nexts.push_back(next);
    }
  }
  if (!isName)
    ways.push_back(grammar.sequence({}));
  CodePoints kept = leading;
  kept.add(mustEscape);
  const ExprId plain = grammar.set(mustEscape.inverted());
  ways.push_back(
      grammar.sequence({grammar.set(kept.inverted()), grammar.repeat(plain, 0, unbounded)}));
  for (char32_t next : nexts) {
    if (mustEscape.contains(next))
      continue; // no plain key goes that way
    std::string longer = prefix;
    appendUtf8(longer, next);
    CodePoints one = {{next, next}};
    ways.push_back(grammar.sequence({grammar.set(one), keyExceptBehind(longer, names)}));
  }
  return grammar.choice(std::move(ways));
}

ExprId JsonText::keyExcept(std::span<const std::string> names) {
  if (names.empty())
    return string(0, unbounded);
  const RuleId rule = grammar.newRule("other-key");
  grammar.define(rule, quoted(keyExceptBehind("", names)));
  return grammar.call(rule);
}

ExprId JsonText::member(ExprId key, ExprId value) {
  return grammar.sequence({key, grammar.literal(":"), space(), value});
}

ExprId JsonText::bracketed(std::string_view open, ExprId content, std::string_view close) {
  return grammar.sequence({grammar.literal(std::string(open)), space(), content, space(),
                           grammar.literal(std::string(close))});
}

ExprId JsonText::comma() { return grammar.sequence({grammar.literal(","), space()}); }
ExprId JsonText::number() { return grammar.call(numberRule); }
ExprId JsonText::integer() { return grammar.call(integerRule); }

namespace {

ExprId list(Grammar &grammar, ExprId comma, ExprId element) {
  return grammar.optional(grammar.sequence(
      {element, grammar.repeat(grammar.sequence({comma, element}), 0, unbounded)}));
}

} // namespace

ExprId JsonText::anyObject() {
  const ExprId one = member(string(0, unbounded), anyValue());
  return bracketed("{", list(grammar, comma(), one), "}");
}

ExprId JsonText::anyArray() { return bracketed("[", list(grammar, comma(), anyValue()), "]"); }

RuleId JsonText::valueRule() {
  if (value_ != UINT32_MAX)
    return value_;
  value_ = grammar.newRule("value");
  grammar.define(value_, grammar.choice({string(0, unbounded), number(), anyObject(), anyArray(),
                                         grammar.literal("true"), grammar.literal("false"),
                                         grammar.literal("null")}));
  return value_;
}

ExprId JsonText::value(const simdjson::dom::element &element) {
  using Type = simdjson::dom::element_type;
  if (element.type() == Type::STRING)
    return quotedText(std::string_view(element));
  std::vector<ExprId> parts;
  auto add = [&](ExprId part) {
    if (!parts.empty())
      parts.push_back(comma());
    parts.push_back(part);
  };
  if (element.type() == Type::ARRAY) {
    for (simdjson::dom::element each : simdjson::dom::array(element))
      add(value(each));
    return bracketed("[", grammar.sequence(std::move(parts)), "]");
  }
  if (element.type() == Type::OBJECT) {
    for (auto [key, each] : simdjson::dom::object(element))
      add(member(quotedText(key), value(each)));
    return bracketed("{", grammar.sequence(std::move(parts)), "}");
  }
  return grammar.literal(simdjson::minify(element));
}

} // namespace weft::constrain
