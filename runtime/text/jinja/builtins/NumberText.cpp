#include "runtime/text/jinja/builtins/NumberText.h"

#include "runtime/base/Utf8.h"
#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/ValueText.h"
#include "runtime/text/jinja/syntax/Characters.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>

namespace weft::jinja {

namespace {

constexpr uint64_t mostDigits = 1000, widest = 1 << 20;

void checkWidth(const TextFormat &format) {
  if (format.width > widest)
    throw TemplateError("expected a width of at most " + std::to_string(widest));
}

std::string byType(char type, int precision, bool alternate, double value) {
  const std::string pattern = std::string(alternate ? "{:#.{}" : "{:.{}") + type + "}";
  return fmt::format(fmt::runtime(pattern), value, precision);
}

/// As `format(value, '.N')` writes: like 'g', but with a digit behind the point
/// where there is no exponent, which it has one digit earlier.
std::string generalText(double value, int precision) {
  precision = std::max(precision, 1);
  const std::string scientific = byType('e', precision - 1, false, value);
  const size_t e = scientific.find('e');
  if (std::atoi(scientific.c_str() + e + 1) != precision - 1) {
    const std::string text = byType('g', precision, false, value);
    return text.find_first_of(".e") == text.npos ? text + ".0" : text;
  }
  std::string digits = scientific.substr(0, e);
  if (digits.find('.') != digits.npos)
    digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.ends_with('.'))
    digits.pop_back();
  return digits + scientific.substr(e);
}

std::string grouped(std::string digits, char separator, size_t every) {
  for (size_t at = digits.size(); separator && at > every;)
    digits.insert(at -= every, 1, separator);
  return digits;
}

/// Sign, prefix and digits, with what stands behind them ('.5', 'e+10'), in the
/// width asked for.
std::string assembled(bool negative, std::string_view prefix, std::string whole, std::string rest,
                      const TextFormat &format, size_t every) {
  std::string sign = negative ? "-" : format.sign == '-' ? "" : std::string(1, format.sign);
  sign += prefix;
  std::string digits = grouped(whole, format.grouping, every);
  if (format.align != '=')
    return padded(sign + digits + rest, format, format.align ? format.align : '>');
  checkWidth(format);
  auto length = [&] { return sign.size() + digits.size() + rest.size(); };
  if (format.grouping && format.fill == "0")
    while (length() < format.width)
      digits = grouped(whole.insert(0, "0"), format.grouping, every);
  std::string between;
  for (uint64_t i = length(); i < format.width; ++i)
    between += format.fill;
  return sign + between + digits + rest;
}

} // namespace

std::string padded(std::string body, const TextFormat &format, char align) {
  const uint64_t length = characters(body).size();
  if (length >= format.width)
    return body;
  checkWidth(format);
  const uint64_t missing = format.width - length;
  const uint64_t before = align == '<' ? 0 : align == '^' ? missing / 2 : missing;
  std::string text;
  for (uint64_t i = 0; i < before; ++i)
    text += format.fill;
  text += body;
  for (uint64_t i = before; i < missing; ++i)
    text += format.fill;
  return text;
}

std::string integerText(int64_t value, const TextFormat &format) {
  if (format.precision)
    throw TemplateError("expected no precision for an integer");
  if (format.type == 'c') {
    if (value < 0 || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
      throw TemplateError("expected the number of a character, found " + std::to_string(value));
    std::string character;
    appendUtf8(character, char32_t(value));
    return padded(character, format, format.align ? format.align : '<');
  }
  const uint64_t magnitude = value < 0 ? 0 - uint64_t(value) : uint64_t(value);
  unsigned base = 10;
  switch (format.type) {
  case 0:
  case 'd':
    break;
  case 'b':
    base = 2;
    break;
  case 'o':
    base = 8;
    break;
  case 'x':
  case 'X':
    base = 16;
    break;
  default:
    throw TemplateError(std::string("no format '") + format.type + "' for an integer");
  }
  std::string digits;
  for (uint64_t rest = magnitude; rest > 0 || digits.empty(); rest /= base)
    digits.insert(digits.begin(), "0123456789abcdef"[rest % base]);
  const std::string prefix = format.alternate && base != 10 ? std::string("0") + format.type : "";
  if (format.type == 'X')
    digits = upper(digits);
  return assembled(value < 0, prefix, digits, "", format, base == 10 ? 3 : 4);
}

std::string floatText(double value, const TextFormat &format) {
  if (format.precision.value_or(0) > mostDigits)
    throw TemplateError("expected a precision of at most " + std::to_string(mostDigits));
  const auto precision = int(format.precision.value_or(6));
  const double magnitude = std::abs(value);
  std::string text;
  if (!std::isfinite(value))
    text = std::isnan(value) ? "nan" : "inf";
  else if (format.type == 0)
    text = format.precision ? generalText(magnitude, precision) : toText(magnitude);
  else if (format.type == '%')
    text = byType('f', precision, format.alternate, magnitude * 100);
  else if (std::string_view("eEfFgG").find(format.type) != std::string_view::npos)
    text = byType(format.type, precision, format.alternate, magnitude);
  else
    throw TemplateError(std::string("no format '") + format.type + "' for a float");
  if (format.type == 'E' || format.type == 'F' || format.type == 'G')
    text = upper(text);
  if (format.type == '%')
    text += '%';
  const size_t whole = std::min(text.find_first_not_of("0123456789"), text.size());
  const bool negative = std::signbit(value) && !std::isnan(value);
  return assembled(negative, "", text.substr(0, whole), text.substr(whole), format, 3);
}

} // namespace weft::jinja
