#include "runtime/text/jinja/Interpreter.h"
#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/ValueText.h"
#include "runtime/text/jinja/builtins/Filters.h"
#include "runtime/text/jinja/builtins/Formatting.h"
#include "runtime/text/jinja/builtins/NumberText.h"
#include "runtime/text/jinja/syntax/Characters.h"

#include <cmath>
#include <fmt/format.h>

namespace weft::jinja {

namespace {

using Kind = Value::Kind;

size_t positive(const Value &value, const Arguments &arguments) {
  const int64_t count = asInteger(value, arguments);
  if (count < 1)
    throw TemplateError(arguments.callee + ": expected a number above 0, found " +
                        std::to_string(count));
  return size_t(count);
}

bool isGiven(const Value &value) { return !value.isUndefined() && !value.is(Kind::None); }

/// Rows of so many items; the last one is filled up.
Value batch(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments) {
  const List bound = bind(arguments, {"linecount", "fill_with"});
  const size_t width = positive(bound[0], arguments);
  List rows, row;
  auto finish = [&] { rows.emplace_back(std::exchange(row, {})); };
  for (const Value &item : itemsOf(input)) {
    row.push_back(item);
    if (row.size() == width)
      finish();
  }
  if (row.empty())
    return rows;
  if (isGiven(bound[1])) {
    interpreter.spend(2 * width);
    row.resize(width, bound[1]);
  }
  finish();
  return rows;
}

/// So many columns, the first ones of which are longer where it does not come
/// out even.
Value slice(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments) {
  const List bound = bind(arguments, {"slices", "fill_with"});
  const size_t count = positive(bound[0], arguments);
  interpreter.spend(2 * count);
  const List items = itemsOf(input);
  const size_t length = items.size() / count, longer = items.size() % count;
  List columns;
  size_t at = 0;
  for (size_t i = 0; i < count; ++i) {
    const size_t end = at + length + (i < longer ? 1 : 0);
    List column(items.begin() + ptrdiff_t(at), items.begin() + ptrdiff_t(end));
    at = end;
    if (isGiven(bound[1]) && i >= longer)
      column.push_back(bound[1]);
    columns.emplace_back(std::move(column));
  }
  return columns;
}

Value center(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments) {
  const List bound = bind(arguments, {"width"});
  const std::string text = toText(input);
  const int64_t width = asInteger(bound[0], arguments, 80);
  interpreter.checkLength(uint64_t(std::max<int64_t>(width, 0)) + text.size());
  return centered(text, width, " ");
}

Value truncate(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  const List bound = bind(arguments, {"length", "killwords", "end", "leeway"});
  const std::string text = toText(input);
  const std::string end = bound[2].isUndefined() ? "..." : asString(bound[2], arguments);
  const int64_t length = asInteger(bound[0], arguments, 255);
  const int64_t leeway = isGiven(bound[3]) ? asInteger(bound[3], arguments) : 5;
  const auto ending = int64_t(characters(end).size());
  if (length < ending || leeway < 0)
    throw TemplateError(arguments.callee + ": expected a length of at least " +
                        std::to_string(ending) + " and a leeway of at least 0");
  const std::vector<std::string_view> all = characters(text);
  if (int64_t(all.size()) - leeway <= length)
    return text;
  std::string kept = text.substr(0, size_t(all[size_t(length - ending)].data() - text.data()));
  if (const size_t space = kept.rfind(' '); !asBoolean(bound[1], false) && space != kept.npos)
    kept.resize(space);
  return kept + end;
}

Value wordcount(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  int64_t words = 0;
  bool within = false;
  const std::string text = toText(input);
  for (std::string_view character : characters(text)) {
    const bool isWord = character == "_" || areAlphanumeric(character);
    words += isWord && !within;
    within = isWord;
  }
  return words;
}

Value format(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments) {
  if (!arguments.positional.empty() && !arguments.named.empty())
    throw TemplateError(arguments.callee + ": expected values or named values, found both");
  Value values = Value::tuple(arguments.positional);
  if (!arguments.named.empty()) {
    Dict named;
    for (const auto &[name, value] : arguments.named)
      named.set(name, value);
    values = std::move(named);
  }
  return percentFormatted(toText(input), values, interpreter);
}

Value filesizeformat(TemplateInterpreter &interpreter, const Value &input,
                     const Arguments &arguments) {
  const bool binary = asBoolean(bind(arguments, {"binary"})[0], false);
  const double bytes = findFilter("float")->apply(interpreter, input, {}).number();
  const double base = binary ? 1024 : 1000;
  if (bytes == 1)
    return "1 Byte";
  if (bytes < base)
    return fmt::format("{} Bytes", int64_t(bytes));
  double unit = base;
  for (const char prefix : {'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'}) {
    unit *= base;
    if (bytes < unit || prefix == 'Y') {
      TextFormat one;
      one.type = 'f';
      one.precision = 1;
      const char shown = binary && prefix == 'k' ? 'K' : prefix;
      return fmt::format("{} {}{}", floatText(base * bytes / unit, one), shown,
                         binary ? "iB" : "B");
    }
  }
  return Value();
}

constexpr Builtin filters[] = {
    {"batch", batch},         {"center", center}, {"filesizeformat", filesizeformat},
    {"format", format},       {"slice", slice},   {"truncate", truncate},
    {"wordcount", wordcount},
};

} // namespace

std::span<const Builtin> layoutFilters() { return filters; }

} // namespace weft::jinja
