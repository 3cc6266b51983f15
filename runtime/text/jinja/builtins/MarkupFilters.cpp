// transformers renders without escapes, so that these change texts where they
// are called alone.
#include "runtime/base/Utf8.h"
#include "runtime/text/jinja/Interpreter.h"
#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/ValueText.h"
#include "runtime/text/jinja/builtins/Filters.h"
#include "runtime/text/jinja/syntax/Characters.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace weft::jinja {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    constexpr std::string_view special = "&<>'\"";
    constexpr std::string_view names[] = {"&amp;", "&lt;", "&gt;", "&#39;", "&#34;"};
    if (const size_t which = special.find(c); which != special.npos)
      out += names[which];
    else
      out += c;
  }
  return out;
}

Value escape(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  const std::string text = toText(input);
  interpreter.checkLength(5 * text.size());
  return escaped(text);
}

Value safe(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  return input;
}

/// Without what stands between `open` and `close`, and those.
std::string without(std::string_view text, std::string_view open, std::string_view close) {
  std::string out;
  for (size_t at; (at = text.find(open)) != text.npos;) {
    const size_t end = text.find(close, at + open.size());
    if (end == text.npos)
      break;
    out += text.substr(0, at);
    text.remove_prefix(end + close.size());
  }
  return out.append(text);
}

/// What "&name;" or "&#number;" stands for; empty where it is not known.
std::string characterOf(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> known[] = {
      {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", "\u00A0"}};
  for (const auto &[each, character] : known)
    if (name == each)
      return std::string(character);
  if (!name.starts_with('#'))
    return {};
  const bool hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
  name.remove_prefix(hex ? 2 : 1);
  uint32_t code = 0;
  const auto [end, error] =
      std::from_chars(name.data(), name.data() + name.size(), code, hex ? 16 : 10);
  const bool good = error == std::errc() && end == name.data() + name.size() && code > 0 &&
                    code <= 0x10FFFF && (code < 0xD800 || code >= 0xE000);
  std::string character;
  if (good)
    appendUtf8(character, char32_t(code));
  return character;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text[at] == '&' ? text.find(';', at) : text.npos;
    const std::string character =
        end == text.npos ? "" : characterOf(text.substr(at + 1, end - at - 1));
    out += character.empty() ? std::string(1, text[at]) : character;
    at = character.empty() ? at + 1 : end + 1;
  }
  return out;
}

Value striptags(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  const std::string text = without(without(toText(input), "<!--", "-->"), "<", ">");
  std::string joined;
  for (std::string_view word : split(text, std::nullopt, -1))
    (joined += joined.empty() ? "" : " ") += word;
  return unescaped(joined);
}

/// As urllib's quote(); in a query a space is a plus and a slash is escaped.
std::string quoted(std::string_view text, bool inQuery) {
  std::string out;
  for (char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       std::string_view("_.-~").find(c) != std::string_view::npos;
    if (plain || (c == '/' && !inQuery))
      out += c;
    else if (c == ' ' && inQuery)
      out += '+';
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

Value urlencode(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  if (!input.isList() && !input.isDict()) {
    const std::string text = toText(input);
    interpreter.checkLength(3 * text.size());
    return quoted(text, false);
  }
  List pairs;
  if (input.isDict())
    for (const auto &[key, value] : input.dict().items())
      pairs.push_back(Value::tuple({key, value}));
  else
    pairs = input.list();
  std::string out;
  for (const Value &pair : pairs) {
    const List both = itemsOf(pair);
    if (both.size() != 2)
      throw TemplateError(arguments.callee + ": expected pairs");
    if (!out.empty())
      out += '&';
    out += quoted(toText(both[0]), true) + "=" + quoted(toText(both[1]), true);
    interpreter.checkLength(out.size());
  }
  return out;
}

Value xmlattr(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments) {
  const bool space = asBoolean(bind(arguments, {"autospace"})[0], true);
  if (!input.isDict())
    throw TemplateError(arguments.callee + ": expected a dict, found " +
                        std::string(describe(input)));
  std::string out;
  for (const auto &[key, value] : input.dict().items()) {
    if (value.isUndefined() || value.is(Value::Kind::None))
      continue;
    if (space || !out.empty())
      out += ' ';
    out += escaped(key) + "=\"" + escaped(toText(value)) + "\"";
    interpreter.checkLength(out.size());
  }
  return out;
}

constexpr Builtin filters[] = {
    {"e", escape},        {"escape", escape},       {"forceescape", escape},
    {"safe", safe},       {"striptags", striptags}, {"urlencode", urlencode},
    {"xmlattr", xmlattr},
};

} // namespace

std::span<const Builtin> markupFilters() { return filters; }

} // namespace weft::jinja
