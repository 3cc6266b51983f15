// pattern.format(...)
#include "runtime/base/Utf8.h"
#include "runtime/text/jinja/Interpreter.h"
#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/ValueText.h"
#include "runtime/text/jinja/builtins/Formatting.h"
#include "runtime/text/jinja/builtins/NumberText.h"
#include "runtime/text/jinja/syntax/Characters.h"

#include <algorithm>
#include <charconv>

namespace weft::jinja {

namespace {

using Kind = Value::Kind;

bool isAlign(std::string_view text) {
  return text.size() == 1 && std::string_view("<>^=").find(text[0]) != std::string_view::npos;
}

uint64_t takeNumber(std::string_view &text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(size_t(end - text.data()));
  return error == std::errc() ? number : UINT32_MAX;
}

TextFormat parseFormat(std::string_view text) {
  const std::string whole(text);
  TextFormat format;
  auto accept = [&](char c) {
    const bool there = text.starts_with(c);
    text.remove_prefix(there ? 1 : 0);
    return there;
  };
  auto digit = [&] { return !text.empty() && text[0] >= '0' && text[0] <= '9'; };
  const std::vector<std::string_view> all = characters(text);
  if (all.size() > 1 && isAlign(all[1])) {
    format.fill = all[0];
    format.align = all[1][0];
    text.remove_prefix(all[0].size() + 1);
  } else if (!all.empty() && isAlign(all[0])) {
    format.align = text[0];
    text.remove_prefix(1);
  }
  for (char sign : {'+', '-', ' '})
    if (accept(sign)) {
      format.sign = sign;
      break;
    }
  format.alternate = accept('#');
  if (accept('0') && format.align == 0) {
    format.fill = "0";
    format.align = '=';
  }
  if (digit())
    format.width = takeNumber(text);
  for (char grouping : {',', '_'})
    if (accept(grouping))
      format.grouping = grouping;
  if (accept('.')) {
    if (!digit())
      throw TemplateError("expected a precision in the format '" + whole + "'");
    format.precision = takeNumber(text);
  }
  if (!text.empty())
    format.type = text[0];
  if (text.size() > 1)
    throw TemplateError("expected a format specification, found '" + whole + "'");
  return format;
}

std::string formatted(const Value &value, std::string_view specification) {
  if (specification.empty())
    return toText(value);
  TextFormat format = parseFormat(specification);
  if (value.isString()) {
    if ((format.type != 0 && format.type != 's') || format.align == '=' || format.sign != '-')
      throw TemplateError("expected a format for a string, found '" + std::string(specification) +
                          "'");
    std::string text = value.string();
    const std::vector<std::string_view> all = characters(text);
    if (format.precision && *format.precision < all.size())
      text.resize(size_t(all[*format.precision].data() - text.data()));
    return padded(std::move(text), format, format.align ? format.align : '<');
  }
  if (!value.isNumber())
    throw TemplateError("expected a value for the format '" + std::string(specification) +
                        "', found " + std::string(describe(value)));
  const bool asFloat = value.is(Kind::Float) ||
                       std::string_view("eEfFgG%").find(format.type) != std::string_view::npos;
  if (asFloat && (value.is(Kind::Float) || format.type != 0))
    return floatText(value.number(), format);
  return integerText(value.integer(), format);
}

class BraceFormat {
public:
  BraceFormat(const Arguments &arguments, TemplateInterpreter &interpreter)
      : arguments(arguments), interpreter(interpreter) {}

  /// `depth`: whether this is a specification within a field.
  std::string run(std::string_view pattern, unsigned depth) {
    std::string out;
    while (!pattern.empty()) {
      const char c = pattern[0];
      pattern.remove_prefix(1);
      if ((c == '{' || c == '}') && pattern.starts_with(c)) {
        out += c;
        pattern.remove_prefix(1);
      } else if (c == '{') {
        out += field(taken(pattern), depth);
      } else if (c == '}') {
        throw TemplateError(arguments.callee + ": found a single '}' in the text");
      } else {
        out += c;
      }
      interpreter.checkLength(out.size());
    }
    return out;
  }

private:
  /// The field up to its closing brace, which goes, too.
  std::string_view taken(std::string_view &pattern) const {
    size_t open = 1;
    for (size_t i = 0; i < pattern.size(); ++i) {
      open += pattern[i] == '{';
      open -= pattern[i] == '}';
      if (open == 0) {
        const std::string_view found = pattern.substr(0, i);
        pattern.remove_prefix(i + 1);
        return found;
      }
    }
    throw TemplateError(arguments.callee + ": expected '}' in the text");
  }

  std::string field(std::string_view text, unsigned depth) {
    if (depth > 1)
      throw TemplateError(arguments.callee + ": fields nested too deeply");
    const size_t nameEnd = std::min(text.find_first_of("!:"), text.size());
    std::string_view name = text.substr(0, nameEnd);
    text.remove_prefix(nameEnd);
    Value value = reached(name);
    if (text.starts_with('!')) {
      const char conversion = text.size() > 1 ? text[1] : '\0';
      if (std::string_view("rsa").find(conversion) == std::string_view::npos ||
          (text.size() > 2 && text[2] != ':'))
        throw TemplateError(arguments.callee + ": expected !r, !s or !a");
      value = conversion == 's' ? toText(value) : represent(value);
      text.remove_prefix(2);
    }
    return formatted(value, text.empty() ? "" : run(text.substr(1), depth + 1));
  }

  Value reached(std::string_view name) {
    const size_t end = std::min(name.find_first_of(".["), name.size());
    Value value = argument(name.substr(0, end));
    name.remove_prefix(end);
    while (!name.empty()) {
      const bool index = name[0] == '[';
      const size_t stop =
          index ? name.find(']') : std::min(name.find_first_of(".[", 1), name.size());
      if (stop == name.npos || stop == 1 || (!index && name[0] != '.'))
        throw TemplateError(arguments.callee + ": expected a name or an index in a field");
      const std::string_view part = name.substr(1, stop - 1);
      int64_t place = 0;
      const auto [last, error] = std::from_chars(part.data(), part.data() + part.size(), place);
      const bool isNumber = error == std::errc() && last == part.data() + part.size();
      value = index && isNumber ? subscriptOf(value, place) : attributeOf(value, part);
      name.remove_prefix(index ? stop + 1 : stop);
    }
    return value;
  }

  Value argument(std::string_view name) {
    int64_t place = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), place);
    const bool isNumber = error == std::errc() && end == name.data() + name.size();
    if (name.empty())
      place = next++;
    if (name.empty() || isNumber) {
      if (place < 0 || size_t(place) >= arguments.positional.size())
        throw TemplateError(arguments.callee + ": no argument " + std::to_string(place) +
                            " for the text");
      return arguments.positional[size_t(place)];
    }
    auto named = std::ranges::find(arguments.named, name, &Dict::Item::first);
    if (named == arguments.named.end())
      throw TemplateError(arguments.callee + ": no argument '" + std::string(name) +
                          "' for the text");
    return named->second;
  }

  const Arguments &arguments;
  TemplateInterpreter &interpreter;
  int64_t next = 0;
};

} // namespace

std::string braceFormatted(std::string_view pattern, const Arguments &arguments,
                           TemplateInterpreter &interpreter) {
  return BraceFormat(arguments, interpreter).run(pattern, 0);
}

} // namespace weft::jinja
