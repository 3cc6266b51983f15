#include "runtime/text/jinja/ValueText.h"

#include <cmath>
#include <fmt/format.h>

namespace weft::jinja {

namespace {

using Kind = Value::Kind;

std::string floatText(double value) {
  if (std::isnan(value))
    return "nan";
  if (std::isinf(value))
    return value > 0 ? "inf" : "-inf";
  std::string text = fmt::format("{}", value);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

/// Python's repr() of a string, but that characters it could not print stay as
/// they are.
std::string quotedText(std::string_view text) {
  const bool doubleQuotes = text.find('\'') != text.npos && text.find('"') == text.npos;
  const char quote = doubleQuotes ? '"' : '\'';
  std::string out(1, quote);
  for (char c : text) {
    if (c == quote || c == '\\')
      (out += '\\') += c;
    else if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\t')
      out += "\\t";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + quote;
}

} // namespace

std::string represent(const Value &value) {
  if (value.isString())
    return quotedText(value.string());
  return value.isUndefined() ? "Undefined" : toText(value);
}

namespace {

std::string dictText(const Dict &dict) {
  std::string out = "{";
  for (const auto &[key, item] : dict.items())
    out += (out.size() > 1 ? ", " : "") + quotedText(key) + ": " + represent(item);
  return out + "}";
}

} // namespace

std::string toText(const Value &value) {
  switch (value.kind()) {
  case Kind::Undefined:
    return "";
  case Kind::None:
    return "None";
  case Kind::Boolean:
    return value.truthy() ? "True" : "False";
  case Kind::Integer:
    return std::to_string(value.integer());
  case Kind::Float:
    return floatText(value.number());
  case Kind::String:
    return value.string();
  case Kind::List: {
    std::string out(1, value.isTuple() ? '(' : '[');
    for (const Value &item : value.list())
      out += (out.size() > 1 ? ", " : "") + represent(item);
    if (value.isTuple())
      return out + (value.list().size() == 1 ? ",)" : ")");
    return out + "]";
  }
  case Kind::Dict:
    return dictText(value.dict());
  case Kind::Namespace:
    return "<Namespace " + dictText(value.space().values) + ">";
  case Kind::Loop:
    return fmt::format("<LoopContext {}/{}>", value.loop().index + 1, value.loop().items.size());
  case Kind::Function:
    return "<function>";
  }
  return "";
}

} // namespace weft::jinja
