#include "runtime/text/jinja/Interpreter.h"
#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/ValueText.h"
#include "runtime/text/jinja/builtins/Filters.h"
#include "runtime/text/jinja/syntax/Characters.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace weft::jinja {

namespace {

using Kind = Value::Kind;

Value absolute(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  if (input.is(Kind::Float))
    return std::abs(input.number());
  const int64_t value = asInteger(input, arguments);
  return value < 0 && value != INT64_MIN ? -value : value;
}

Value otherwise(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  const List bound = bind(arguments, {"default_value", "boolean"});
  const bool used = input.isUndefined() || (asBoolean(bound[1], false) && !input.truthy());
  return !used ? input : bound[0].isUndefined() ? Value("") : bound[0];
}

template <std::string (*change)(std::string_view)>
Value changeCase(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  return change(toText(input));
}

Value title(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  return titled(toText(input), true);
}

Value trim(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  const Value chars = bind(arguments, {"chars"})[0];
  const bool given = !chars.isUndefined() && !chars.is(Kind::None);
  return stripped(toText(input),
                  given ? std::optional<std::string_view>(asString(chars, arguments))
                        : std::nullopt,
                  Side::Both);
}

Value replace(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments) {
  const List bound = bind(arguments, {"old", "new", "count"});
  const std::string text = toText(input), from = toText(bound[0]), to = toText(bound[1]);
  const int64_t most = asInteger(bound[2], arguments, -1);
  interpreter.checkLength(text.size() + countOf(text, from, most) * to.size());
  return replaced(text, from, to, most);
}

/// Each line but the first (which `first` includes) moved right; empty ones
/// only with `blank`.
Value indent(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments) {
  const List bound = bind(arguments, {"width", "first", "blank"});
  const std::string text = toText(input);
  const uint64_t spaces = bound[0].isString()
                              ? bound[0].string().size()
                              : uint64_t(std::max<int64_t>(asInteger(bound[0], arguments, 4), 0));
  interpreter.checkLength(spaces);
  interpreter.checkLength(text.size() + spaces * (1 + countOf(text, "\n", -1)));
  const std::string by = bound[0].isString() ? bound[0].string() : std::string(spaces, ' ');
  const bool first = asBoolean(bound[1], false), blank = asBoolean(bound[2], false);
  std::string out;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    if (at == 0 ? first : blank || end > at)
      out += by;
    out.append(text, at, end + 1 - at);
    at = end + 1;
  }
  return out;
}

Value toInteger(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  const List bound = bind(arguments, {"default", "base"});
  const auto base = asInteger(bound[1], arguments, 10);
  const Value otherwise = bound[0].isUndefined() ? Value(int64_t(0)) : bound[0];
  if (base < 2 || base > 36)
    throw TemplateError(arguments.callee + ": expected a base from 2 to 36");
  if (input.is(Kind::Float)) {
    const double whole = std::trunc(input.number());
    return std::abs(whole) < 0x1p62 ? Value(int64_t(whole)) : otherwise;
  }
  if (input.isNumber())
    return input.integer();
  if (!input.isString())
    return otherwise;
  std::string_view digits = stripped(input.string(), std::nullopt, Side::Both);
  if (digits.starts_with('+'))
    digits.remove_prefix(1);
  int64_t value = 0;
  auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, int(base));
  if (error == std::errc() && end == digits.data() + digits.size())
    return value;
  double number = 0;
  auto [stop, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool good = bad == std::errc() && stop == digits.data() + digits.size();
  return good && std::abs(number) < 0x1p62 ? Value(int64_t(number)) : otherwise;
}

Value toFloat(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  const Value given = bind(arguments, {"default"})[0];
  if (input.isNumber())
    return input.number();
  if (input.isString()) {
    const std::string_view digits = stripped(input.string(), std::nullopt, Side::Both);
    double value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error == std::errc() && end == digits.data() + digits.size())
      return value;
  }
  return given.isUndefined() ? Value(0.0) : given;
}

Value round(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  const List bound = bind(arguments, {"precision", "method"});
  if (!input.isNumber())
    throw TemplateError(arguments.callee + ": expected a number, found " +
                        std::string(describe(input)));
  const double scale = std::pow(10.0, double(asInteger(bound[0], arguments, 0)));
  const std::string method = bound[1].isUndefined() ? "common" : asString(bound[1], arguments);
  const double scaled = input.number() * scale;
  if (method == "ceil")
    return std::ceil(scaled) / scale;
  if (method == "floor")
    return std::floor(scaled) / scale;
  if (method != "common")
    throw TemplateError(arguments.callee + ": expected common, ceil or floor, found '" + method +
                        "'");
  return std::nearbyint(scaled) / scale; // half to even, as Python rounds
}

Value toStringFilter(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  return toText(input);
}

/// As transformers defines it: json.dumps(), not Jinja's own filter, which
/// escapes HTML.
Value tojson(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments) {
  const List bound = bind(arguments, {"ensure_ascii", "indent", "separators", "sort_keys"});
  JsonStyle style;
  style.asciiOnly = asBoolean(bound[0], false);
  style.sortKeys = asBoolean(bound[3], false);
  if (bound[1].is(Kind::Integer)) {
    style.indent = int(std::clamp<int64_t>(bound[1].integer(), 0, 100));
    style.betweenItems = ",";
  }
  if (bound[2].isList() && bound[2].list().size() == 2) {
    style.betweenItems = asString(bound[2].list()[0], arguments);
    style.afterKey = asString(bound[2].list()[1], arguments);
  }
  std::string text = toJson(input, style);
  interpreter.checkLength(text.size());
  return text;
}

constexpr Builtin filters[] = {
    {"abs", absolute},
    {"capitalize", changeCase<capitalized>},
    {"d", otherwise},
    {"default", otherwise},
    {"float", toFloat},
    {"indent", indent},
    {"int", toInteger},
    {"lower", changeCase<lower>},
    {"replace", replace},
    {"round", round},
    {"string", toStringFilter},
    {"title", title},
    {"tojson", tojson},
    {"trim", trim},
    {"upper", changeCase<upper>},
};

} // namespace

std::span<const Builtin> textFilters() { return filters; }

} // namespace weft::jinja
