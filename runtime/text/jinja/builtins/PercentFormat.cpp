// pattern % values
#include "runtime/base/Utf8.h"
#include "runtime/text/jinja/Interpreter.h"
#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/ValueText.h"
#include "runtime/text/jinja/builtins/Formatting.h"
#include "runtime/text/jinja/builtins/NumberText.h"
#include "runtime/text/jinja/syntax/Characters.h"

#include <cmath>
#include <fmt/format.h>

namespace weft::jinja {

namespace {

using Kind = Value::Kind;

class PercentFormat {
public:
  PercentFormat(std::string_view pattern, const Value &values, TemplateInterpreter &interpreter)
      : rest(pattern), values(values), interpreter(interpreter) {}

  std::string run() {
    std::string out;
    for (size_t sign; (sign = rest.find('%')) != rest.npos;) {
      out += rest.substr(0, sign);
      rest.remove_prefix(sign + 1);
      out += place();
      interpreter.checkLength(out.size());
    }
    out += rest;
    const bool allTaken = values.isDict() || taken == (values.isTuple() ? values.list().size() : 1);
    if (!allTaken)
      throw TemplateError("expected as many values for '%' as the text has places, found more");
    return out;
  }

private:
  char take() {
    if (rest.empty())
      throw TemplateError("expected a conversion after '%', found the end of the text");
    const char c = rest.front();
    rest.remove_prefix(1);
    return c;
  }

  const Value &next() {
    const size_t count = values.isTuple() ? values.list().size() : 1;
    if (taken == count)
      throw TemplateError("expected as many values for '%' as the text has places, found " +
                          std::to_string(count));
    ++taken;
    return values.isTuple() ? values.list()[taken - 1] : values;
  }

  uint64_t number() {
    if (rest.starts_with('*')) {
      rest.remove_prefix(1);
      const Value &value = next();
      if (!value.is(Kind::Integer) || value.integer() < 0)
        throw TemplateError("expected a width for '*', found " + std::string(describe(value)));
      return uint64_t(value.integer());
    }
    uint64_t result = 0;
    for (; !rest.empty() && rest[0] >= '0' && rest[0] <= '9'; rest.remove_prefix(1))
      result = std::min<uint64_t>(result * 10 + uint64_t(rest[0] - '0'), UINT32_MAX);
    return result;
  }

  /// What stands behind a '%'.
  std::string place() {
    const Value *named = nullptr;
    if (rest.starts_with('(')) {
      const size_t end = rest.find(')');
      if (end == rest.npos || !values.isDict())
        throw TemplateError("expected a dict for '%(name)'");
      const std::string_view name = rest.substr(1, end - 1);
      named = values.dict().find(name);
      if (!named)
        throw TemplateError("expected '" + std::string(name) + "' in the dict of '%'");
      rest.remove_prefix(end + 1);
    }
    TextFormat format;
    format.align = '>';
    bool zeros = false;
    for (; !rest.empty() && std::string_view("#0- +").find(rest[0]) != std::string_view::npos;
         rest.remove_prefix(1)) {
      format.alternate |= rest[0] == '#';
      zeros |= rest[0] == '0';
      if (rest[0] == '-')
        format.align = '<';
      if (rest[0] == '+' || (rest[0] == ' ' && format.sign == '-'))
        format.sign = rest[0];
    }
    format.width = number();
    if (rest.starts_with('.')) {
      rest.remove_prefix(1);
      format.precision = number();
    }
    while (!rest.empty() && std::string_view("hlL").find(rest[0]) != std::string_view::npos)
      rest.remove_prefix(1);
    format.type = take();
    if (format.type == '%')
      return "%";
    return converted(named ? *named : next(), format, zeros);
  }

  std::string converted(const Value &value, TextFormat format, bool zeros) {
    switch (format.type) {
    case 's':
    case 'r':
    case 'a': {
      std::string text = format.type == 's' ? toText(value) : represent(value);
      const std::vector<std::string_view> all = characters(text);
      if (format.precision && *format.precision < all.size())
        text.resize(size_t(all[*format.precision].data() - text.data()));
      return padded(std::move(text), format, format.align);
    }
    case 'c':
      if (value.isString() && characters(value.string()).size() == 1)
        return padded(value.string(), format, format.align);
      break;
    default:
      if (zeros && format.align == '>') {
        format.align = '=';
        format.fill = "0";
      }
    }
    if (!value.isNumber())
      throw TemplateError(
          fmt::format("expected a number for '%{}', found {}", format.type, describe(value)));
    if (std::string_view("eEfFgG").find(format.type) != std::string_view::npos)
      return floatText(value.number(), format);
    return integer(value, format);
  }

  std::string integer(const Value &value, TextFormat format) {
    const bool decimal = std::string_view("diu").find(format.type) != std::string_view::npos;
    if (!decimal && std::string_view("oxXc").find(format.type) == std::string_view::npos)
      throw TemplateError(fmt::format("no format '%{}'", format.type));
    if (value.is(Kind::Float) && (!decimal || !(std::abs(value.number()) < 0x1p62)))
      throw TemplateError(fmt::format("expected an integer for '%{}', found a float", format.type));
    const int64_t whole = value.is(Kind::Float) ? int64_t(value.number()) : value.integer();
    if (decimal)
      format.type = 'd';
    if (!format.precision)
      return integerText(whole, format);
    // A precision is the least number of digits.
    TextFormat digits;
    digits.type = format.type;
    digits.sign = format.sign;
    digits.alternate = format.alternate;
    digits.fill = "0";
    digits.align = '=';
    const bool hasSign = whole < 0 || format.sign != '-';
    digits.width =
        *format.precision + (hasSign ? 1 : 0) + (format.alternate && format.type != 'd' ? 2 : 0);
    const std::string text = integerText(whole, digits);
    if (format.align != '=')
      return padded(text, format, format.align);
    digits.width = std::max(digits.width, format.width);
    return integerText(whole, digits);
  }

  std::string_view rest;
  const Value &values;
  TemplateInterpreter &interpreter;
  size_t taken = 0;
};

} // namespace

std::string percentFormatted(std::string_view pattern, const Value &values,
                             TemplateInterpreter &interpreter) {
  return PercentFormat(pattern, values, interpreter).run();
}

} // namespace weft::jinja
