#include "frontend/Json.h"

#include "runtime/base/MappedFile.h"
#include "runtime/base/Quotes.h"

#include <filesystem>
#include <optional>

namespace weft {

using nlohmann::json;

namespace {

/// A copy of `text` with the bare words NaN and Infinity replaced by null, or where its
/// nesting is too deep the offset of the offending bracket.
struct Scanned {
  std::string text;
  std::optional<size_t> tooDeepAt;
};

Scanned scan(std::string_view text) {
  Scanned result;
  result.text.reserve(text.size());
  unsigned depth = 0;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (inString) {
      result.text += c;
      if (c == '\\' && i + 1 < text.size())
        result.text += text[++i];
      else if (c == '"')
        inString = false;
      continue;
    }
    if ((c == '[' || c == '{') && ++depth > deepestJson) {
      result.tooDeepAt = i;
      return result;
    }
    if ((c == ']' || c == '}') && depth != 0)
      --depth;
    inString = c == '"';
    bool word = false;
    for (std::string_view name : {"-Infinity", "Infinity", "NaN"})
      if (text.substr(i, name.size()) == name) {
        result.text += "null";
        i += name.size() - 1;
        word = true;
        break;
      }
    if (!word)
      result.text += c;
  }
  return result;
}

/// Finds the first error of a text that does not parse.
class ErrorFinder : public nlohmann::json_sax<json> {
public:
  std::string problem;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(int64_t) override { return true; }
  bool number_unsigned(uint64_t) override { return true; }
  bool number_float(double, const std::string &) override { return true; }
  bool string(std::string &) override { return true; }
  bool binary(json::binary_t &) override { return true; }
  bool start_object(size_t) override { return true; }
  bool key(std::string &) override { return true; }
  bool end_object() override { return true; }
  bool start_array(size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(size_t, const std::string &, const nlohmann::detail::exception &e) override {
    problem = jsonProblem(e);
    return false;
  }
};

} // namespace

std::string jsonProblem(const nlohmann::detail::exception &error) {
  std::string_view what = error.what();
  if (size_t end = what.find("] "); end != std::string_view::npos)
    what.remove_prefix(end + 2);
  // The library quotes what it last read, whatever bytes that are.
  return onOneLine(what, 240);
}

Result<json> parseJson(std::string_view text, const std::string &file) {
  Scanned scanned = scan(text);
  if (scanned.tooDeepAt)
    return fail("'" + file + "': JSON at byte " + std::to_string(*scanned.tooDeepAt) +
                " is nested deeper than " + std::to_string(deepestJson) + " levels");
  json value = json::parse(scanned.text, nullptr, /*allow_exceptions=*/false);
  if (!value.is_discarded())
    return value;
  ErrorFinder finder;
  json::sax_parse(scanned.text, &finder);
  return fail("'" + file + "' is not JSON: " + finder.problem);
}

Result<json> parseJsonFile(const std::string &file, size_t largest) {
  Result<MappedFile> mapped = MappedFile::open(file, largest);
  if (!mapped)
    return failFrom(mapped);
  return parseJson(mapped->text(), file);
}

Result<json> parseJsonObjectIfThere(const std::string &file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    return json::object();
  Result<json> value = parseJsonFile(file, largestJsonSettings);
  if (value && !value->is_object())
    return fail("'" + file + "': expected a JSON object");
  return value;
}

const json *jsonMember(const json &object, const char *key) {
  if (!object.is_object())
    return nullptr;
  auto at = object.find(key);
  return at == object.end() || at->is_null() ? nullptr : &*at;
}

std::optional<int32_t> jsonTokenId(const json &value) {
  if (!value.is_number_integer())
    return std::nullopt;
  if (value.is_number_unsigned() && value.get<uint64_t>() > INT32_MAX)
    return std::nullopt;
  const auto id = value.get<int64_t>();
  return id < 0 || id > INT32_MAX ? std::nullopt : std::optional(static_cast<int32_t>(id));
}

} // namespace weft
