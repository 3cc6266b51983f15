#include "runtime/text/tokenizer/Json.h"

#include "runtime/base/Utf8.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weft::text {

/// The number of the byte, from 1, at which a parser that counts them stops; 0 where it does not.
static size_t badByte(std::string_view text) {
  using Parser = nlohmann::json;
  const auto keepNothing = [](int, Parser::parse_event_t, Parser &) { return false; };
  try {
    const Parser nothing = Parser::parse(text, keepNothing);
  } catch (const Parser::parse_error &error) {
    return error.byte;
  } catch (const Parser::exception &) { // a number out of range
  }
  return 0;
}

std::string invalidJson(std::string_view text, simdjson::error_code error) {
  std::string place;
  if (const size_t byte = std::min(badByte(text), text.size()); byte > 0) {
    const std::string_view before = text.substr(0, byte - 1);
    const size_t line = size_t(std::ranges::count(before, '\n')) + 1;
    place = fmt::format(" at line {}, column {}", line, byte - (before.rfind('\n') + 1));
  }
  return fmt::format("not valid JSON{}: {}", place, simdjson::error_message(error));
}

namespace {

std::string_view nameOf(simdjson::dom::element_type type) {
  using simdjson::dom::element_type;
  switch (type) {
  case element_type::ARRAY:
    return "an array";
  case element_type::OBJECT:
    return "an object";
  case element_type::STRING:
    return "a string";
  case element_type::BOOL:
    return "a boolean";
  case element_type::NULL_VALUE:
    return "null";
  default:
    return "a number";
  }
}

tl::unexpected<Error> wrongType(const std::string &path, std::string_view expected,
                                JsonValue found) {
  return fail((path.empty() ? "" : path + ": ") + "expected " + std::string(expected) + ", found " +
              std::string(nameOf(found.type())));
}

} // namespace

Result<std::string_view> asString(JsonValue value, const std::string &path) {
  std::string_view text;
  if (value.get(text))
    return wrongType(path, "a string", value);
  return text;
}

Result<TokenId> asTokenId(JsonValue value, const std::string &path) {
  if (!value.is_number())
    return wrongType(path, "a token id", value);
  int64_t id = 0;
  if (value.get(id) || id < 0 || id > maximumTokenId)
    return fail(path + ": expected a token id from 0 to " + std::to_string(maximumTokenId) +
                ", found another number");
  return static_cast<TokenId>(id);
}

Result<std::vector<JsonValue>> asArray(JsonValue value, const std::string &path) {
  simdjson::dom::array array;
  if (value.get(array))
    return wrongType(path, "an array", value);
  return std::vector<JsonValue>(array.begin(), array.end());
}

Result<Fields> Fields::of(JsonValue value, std::string path) {
  simdjson::dom::object object;
  if (value.get(object))
    return wrongType(path, "an object", value);
  return Fields(object, std::move(path));
}

bool Fields::has(std::string_view key) const {
  JsonValue found;
  return !fields.at_key(key).get(found) && !found.is_null();
}

Result<JsonValue> Fields::value(std::string_view key) const {
  JsonValue found;
  if (fields.at_key(key).get(found))
    return fail(path(key) + ": missing");
  return found;
}

Result<std::string_view> Fields::string(std::string_view key) const {
  auto found = value(key);
  if (!found)
    return failFrom(found);
  return asString(*found, path(key));
}

Result<bool> Fields::boolean(std::string_view key, bool otherwise) const {
  if (!has(key))
    return otherwise;
  auto found = value(key);
  bool flag = false;
  if (found->get(flag))
    return wrongType(path(key), "a boolean", *found);
  return flag;
}

Result<uint64_t> Fields::count(std::string_view key, uint64_t otherwise) const {
  if (!has(key))
    return otherwise;
  auto found = value(key);
  uint64_t number = 0;
  if (found->get(number))
    return wrongType(path(key), "a count", *found);
  return number;
}

Result<std::vector<JsonValue>> Fields::array(std::string_view key) const {
  auto found = value(key);
  if (!found)
    return failFrom(found);
  return asArray(*found, path(key));
}

Result<Fields> Fields::object(std::string_view key) const {
  auto found = value(key);
  if (!found)
    return failFrom(found);
  return of(*found, path(key));
}

Result<std::string_view> Fields::character(std::string_view key) const {
  auto text = string(key);
  if (!text)
    return text;
  if (text->empty() || charAt(*text, 0).length != text->size())
    return fail(path(key) + ": expected one character, found " + inQuotes(*text));
  return text;
}

} // namespace weft::text
