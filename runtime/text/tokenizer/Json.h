// Reads the parts of a tokenizer.json, with errors that name the place.
//
// It uses simdjson because it runs at every start: nlohmann's parser takes ten times as long for a
// large tokenizer.json. Code that builds or rewrites JSON (a checkpoint's configuration, a schema,
// the output of commands) uses nlohmann (frontend/Json.h).
#pragma once

#include "runtime/base/Error.h"
#include "runtime/base/Quotes.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <simdjson.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft::text {

using JsonValue = simdjson::dom::element;

/// The largest token id that is accepted, which bounds the memory that a file can demand.
inline constexpr TokenId maximumTokenId = 1 << 24;

/// Returns the message for a text that simdjson refuses: "not valid JSON at line 3, column 14:
/// ...".
std::string invalidJson(std::string_view text, simdjson::error_code error);

/// Return `value` as the type, or an error that names `path`.
Result<std::string_view> asString(JsonValue value, const std::string &path);
Result<TokenId> asTokenId(JsonValue value, const std::string &path);
Result<std::vector<JsonValue>> asArray(JsonValue value, const std::string &path);

/// A JSON object and its path in the file ("model", "decoder.decoders[2]", "" for the whole file).
/// Valid as long as the parsed document. Fields that are null count as absent. The functions return
/// the field `key` or an error that names its path; a missing field is an error unless there is a
/// default.
class Fields {
public:
  /// Errors: `value` is not an object.
  static Result<Fields> of(JsonValue value, std::string path);

  const std::string &path() const { return where; }
  std::string path(std::string_view key) const {
    return where.empty() ? std::string(key) : where + "." + std::string(key);
  }

  bool has(std::string_view key) const;
  Result<JsonValue> value(std::string_view key) const;
  Result<std::string_view> string(std::string_view key) const;
  Result<bool> boolean(std::string_view key, bool otherwise) const;
  Result<uint64_t> count(std::string_view key, uint64_t otherwise) const;
  Result<std::vector<JsonValue>> array(std::string_view key) const;
  Result<Fields> object(std::string_view key) const;
  /// Returns a string that must be exactly one character.
  Result<std::string_view> character(std::string_view key) const;

private:
  Fields(simdjson::dom::object fields, std::string path) : fields(fields), where(std::move(path)) {}
  simdjson::dom::object fields;
  std::string where;
};

/// Makes one type of component from its fields. `depth` is its nesting in Sequences.
template <typename Component> struct Maker {
  std::string_view type;
  Result<std::unique_ptr<Component>> (*make)(const Fields &fields, unsigned depth);
};

/// Makes the component that `value` describes, by the maker of its "type". Errors: no such type
/// (the message lists the supported ones), or those of the maker.
template <typename Component>
Result<std::unique_ptr<Component>> makeComponent(std::span<const Maker<Component>> makers,
                                                 JsonValue value, std::string path,
                                                 unsigned depth = 0) {
  constexpr unsigned deepest = 16;
  if (depth > deepest)
    return fail(path + ": Sequences nested deeper than " + std::to_string(deepest));
  auto fields = Fields::of(value, std::move(path));
  if (!fields)
    return failFrom(fields);
  auto type = fields->string("type");
  if (!type)
    return failFrom(type);
  std::string supported;
  for (const Maker<Component> &maker : makers) {
    if (maker.type == *type)
      return maker.make(*fields, depth);
    supported += (supported.empty() ? "" : ", ") + std::string(maker.type);
  }
  return fail(fields->path() + ": type " + inQuotes(*type) + " is not supported; supported are " +
              supported);
}

/// Makes the components of a Sequence, one for each element of the array `key`.
template <typename Component>
Result<std::vector<std::unique_ptr<Component>>>
makeComponents(std::span<const Maker<Component>> makers, const Fields &fields, std::string_view key,
               unsigned depth) {
  auto values = fields.array(key);
  if (!values)
    return failFrom(values);
  std::vector<std::unique_ptr<Component>> parts;
  for (JsonValue value : *values) {
    auto path = fields.path(key) + "[" + std::to_string(parts.size()) + "]";
    auto part = makeComponent(makers, value, path, depth + 1);
    if (!part)
      return failFrom(part);
    parts.push_back(std::move(*part));
  }
  return parts;
}

} // namespace weft::text
