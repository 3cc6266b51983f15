#include "runtime/base/Utf8.h"
#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/ValueText.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <simdjson.h>

namespace weft::jinja {

namespace {

using Kind = Value::Kind;

class JsonWriter {
public:
  explicit JsonWriter(const JsonStyle &style) : style(style) {}

  void write(const Value &value) {
    if (out.size() > style.longest)
      throw TemplateError("tojson: expected at most " + std::to_string(style.longest) +
                          " bytes, found more");
    switch (value.kind()) {
    case Kind::None:
      out += "null";
      break;
    case Kind::Boolean:
      out += value.truthy() ? "true" : "false";
      break;
    case Kind::Float:
      writeFloat(value.number());
      break;
    case Kind::Integer:
      out += toText(value);
      break;
    case Kind::String:
      writeString(value.string());
      break;
    case Kind::List:
      writeItems('[', value.list(), ']', [&](const Value &item) { write(item); });
      break;
    case Kind::Dict:
      writeDict(value.dict());
      break;
    default:
      throw TemplateError("tojson: expected what JSON has, found " + std::string(describe(value)));
    }
  }

  std::string out;

private:
  void writeFloat(double value) {
    if (std::isnan(value))
      out += "NaN";
    else if (std::isinf(value))
      out += value > 0 ? "Infinity" : "-Infinity";
    else
      out += toText(Value(value));
  }

  void writeDict(const Dict &dict) {
    auto writeItem = [&](const Dict::Item &item) {
      writeString(item.first);
      out += style.afterKey;
      write(item.second);
    };
    if (!style.sortKeys)
      return writeItems('{', dict.items(), '}', writeItem);
    std::vector<Dict::Item> sorted = dict.items();
    std::ranges::sort(sorted, {}, &Dict::Item::first);
    writeItems('{', sorted, '}', writeItem);
  }

  template <typename Items, typename Write>
  void writeItems(char open, const Items &items, char close, const Write &writeItem) {
    out += open;
    ++level;
    bool first = true;
    for (const auto &item : items) {
      if (!first)
        out += style.betweenItems;
      first = false;
      newLine();
      writeItem(item);
    }
    --level;
    if (!first)
      newLine();
    out += close;
  }

  void newLine() {
    if (style.indent >= 0)
      out += "\n" + std::string(size_t(style.indent) * level, ' ');
  }

  void writeString(std::string_view text) {
    out += '"';
    for (size_t at = 0; at < text.size();) {
      const Utf8Char c = charAt(text, at);
      writeCharacter(c, text.substr(at, c.length));
      at += c.length;
    }
    out += '"';
  }

  void writeCharacter(const Utf8Char &c, std::string_view bytes) {
    constexpr std::string_view short_ = "\b\f\n\r\t\"\\", names = "bfnrt\"\\";
    const size_t named = c.code < 0x80 ? short_.find(char(c.code)) : short_.npos;
    if (c.kind != Utf8Char::Kind::Valid)
      out += replacementCharacter;
    else if (named != short_.npos)
      (out += '\\') += names[named];
    else if (c.code < 0x20 || (style.asciiOnly && c.code >= 0x7F && c.code < 0x10000))
      out += fmt::format("\\u{:04x}", uint32_t(c.code));
    else if (style.asciiOnly && c.code >= 0x10000)
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + ((uint32_t(c.code) - 0x10000) >> 10),
                         0xDC00 + (uint32_t(c.code) & 0x3FF));
    else
      out += bytes;
  }

  const JsonStyle &style;
  size_t level = 0;
};

Value fromElement(simdjson::dom::element element) {
  using simdjson::dom::element_type;
  switch (element.type()) {
  case element_type::ARRAY: {
    List items;
    for (simdjson::dom::element item : simdjson::dom::array(element))
      items.push_back(fromElement(item));
    return items;
  }
  case element_type::OBJECT: {
    Dict items;
    for (auto [key, item] : simdjson::dom::object(element))
      items.set(key, fromElement(item));
    return items;
  }
  case element_type::INT64:
    return int64_t(element);
  case element_type::UINT64:
  case element_type::DOUBLE:
    return double(element);
  case element_type::STRING:
    return std::string_view(element);
  case element_type::BOOL:
    return bool(element);
  case element_type::NULL_VALUE:
    break;
  }
  return Value::none();
}

} // namespace

std::string toJson(const Value &value, const JsonStyle &style) {
  JsonWriter writer(style);
  writer.write(value);
  return std::move(writer.out);
}

Result<Value> valueFromJson(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  if (auto error = parser.parse(json.data(), json.size()).get(element))
    return fail(std::string("expected JSON: ") + simdjson::error_message(error));
  try {
    return fromElement(element);
  } catch (const TemplateError &error) {
    return fail(std::string("JSON: ") + error.what());
  }
}

} // namespace weft::jinja
