#include "runtime/constrain/schema/SchemaParts.h"

#include "runtime/constrain/grammar/Grammar.h"
#include "runtime/base/Utf8.h"

#include <algorithm>
#include <array>

namespace weft::constrain {

namespace {

constexpr std::array<std::string_view, 7> typeNames = {"null",   "boolean", "object", "array",
                                                       "number", "string",  "integer"};

/// Known to JSON Schema and without a regular or context-free meaning, or not done yet.
constexpr std::array<std::string_view, 17> unsupported = {
    "not",           "if",          "then",        "else",
    "multipleOf",    "uniqueItems", "contains",    "minContains",
    "maxContains",   "patternProperties", "propertyNames", "dependentRequired",
    "dependentSchemas", "dependencies", "unevaluatedProperties", "unevaluatedItems",
    "$dynamicRef"};

bool isHarmless(std::string_view keyword, JsonElement value) {
  if (keyword == "uniqueItems")
    return value.is_bool() && !bool(value);
  if (keyword == "unevaluatedProperties" || keyword == "unevaluatedItems")
    return value.is_bool() && bool(value);
  return keyword == "multipleOf" && value.is_int64() && int64_t(value) == 1;
}

/// %25 and the like as bytes.
std::string unescaped(std::string_view text) {
  std::string out;
  auto hex = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out += char(hex(text[i + 1]) << 4 | hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

} // namespace

namespace {

/// Names and texts of the schema's author may be of any length.
std::string shortened(const std::string &text, size_t most) {
  if (text.size() <= most)
    return text;
  while (most > 0 && isContinuation(text[most]))
    --most;
  return text.substr(0, most) + "...";
}

} // namespace

tl::unexpected<Error> schemaError(const std::string &pointer, const std::string &message) {
  std::string line = "JSON Schema, #" + shortened(pointer, 120) + ": " + shortened(message, 240);
  for (char &c : line)
    if (uint8_t(c) < 0x20)
      c = '?';
  return fail(std::move(line));
}

std::string below(const std::string &pointer, std::string_view key) {
  std::string longer = pointer + "/";
  for (char c : key)
    longer += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
  return longer;
}

Result<Schema> resolve(JsonElement root, std::string_view reference, const std::string &from) {
  const std::string at = below(from, "$ref");
  if (!reference.starts_with("#"))
    return schemaError(at, "expected a reference within the document (#/...), found \"" +
                               std::string(reference) + "\"");
  const std::string pointer = unescaped(reference.substr(1));
  if (!pointer.empty() && pointer[0] != '/')
    return schemaError(at, "references by anchor are not supported, found \"" +
                               std::string(reference) + "\"; write a JSON pointer (#/$defs/...)");
  JsonElement target = root;
  if (!pointer.empty() && root.at_pointer(pointer).get(target))
    return schemaError(at, "nothing is at \"" + std::string(reference) + "\"");
  return Schema{target, pointer};
}

std::vector<Schema> Conjunction::all(std::string_view keyword) const {
  std::vector<Schema> found;
  for (const Schema &part : parts) {
    JsonElement value;
    if (part.element.is_object() && !part.element[keyword].get(value) && part.done != keyword)
      found.push_back({value, below(part.pointer, keyword)});
  }
  return found;
}

bool Conjunction::hasAny(std::initializer_list<std::string_view> keywords) const {
  return std::ranges::any_of(keywords, [&](std::string_view keyword) { return has(keyword); });
}

Result<std::optional<uint32_t>> Conjunction::count(std::string_view keyword, bool largest) const {
  std::optional<uint32_t> result;
  for (const Schema &value : all(keyword)) {
    uint64_t number = 0;
    double real = 0;
    if (value.element.is_uint64())
      number = value.element.get_uint64().value();
    else if (!value.element.get_double().get(real) && real >= 0 && real < 1e9 &&
             real == double(uint64_t(real)))
      number = uint64_t(real);
    else
      return schemaError(value.pointer, "expected a whole number of at least 0");
    if (number > mostRepeats)
      return schemaError(value.pointer, "expected at most " + std::to_string(mostRepeats) +
                                            ", found " + std::to_string(number));
    const auto small = uint32_t(number);
    result = !result ? small : largest ? std::max(*result, small) : std::min(*result, small);
  }
  return result;
}

Result<std::set<std::string>> Conjunction::types() const {
  std::set<std::string> allowed(typeNames.begin(), typeNames.end());
  for (const Schema &value : all("type")) {
    std::vector<JsonElement> names;
    if (value.element.is_array())
      for (JsonElement name : simdjson::dom::array(value.element))
        names.push_back(name);
    else
      names.push_back(value.element);
    std::set<std::string> these;
    for (JsonElement name : names) {
      std::string_view text;
      if (name.get_string().get(text) || std::ranges::find(typeNames, text) == typeNames.end())
        return schemaError(value.pointer, "expected null, boolean, object, array, number, string "
                                          "or integer, found " +
                                              std::string(simdjson::minify(name)).substr(0, 60));
      these.insert(std::string(text));
    }
    if (these.contains("number"))
      these.insert("integer");
    std::erase_if(allowed, [&](const std::string &name) { return !these.contains(name); });
  }
  return allowed;
}

Result<void> Conjunction::checkKeywords() const {
  for (const Schema &part : parts) {
    if (!part.element.is_object())
      continue;
    for (auto [key, value] : simdjson::dom::object(part.element))
      if (std::ranges::find(unsupported, key) != unsupported.end() && !isHarmless(key, value))
        return schemaError(below(part.pointer, key),
                           "the keyword \"" + std::string(key) + "\" is not supported");
  }
  return {};
}

} // namespace weft::constrain
