#include "runtime/constrain/schema/References.h"

#include <algorithm>

namespace weft::constrain {

namespace {

constexpr unsigned mostDepth = 400;

/// %25 and the like as bytes.
std::string unescaped(std::string_view text) {
  std::string out;
  auto hex = [](char c) {
    return c >= '0' && c <= '9'                     ? c - '0'
           : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                    : -1;
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

/// Values, which are no schemas whatever they contain.
bool isValue(std::string_view key) {
  return key == "enum" || key == "const" || key == "default" || key == "examples";
}

std::string withoutFragment(std::string_view text) {
  return std::string(text.substr(0, text.find('#')));
}

} // namespace

References::References(JsonElement root) : root(root) { index(root, "", 0); }

void References::index(JsonElement element, const std::string &pointer, unsigned depth) {
  if (depth > mostDepth)
    return;
  if (element.is_array()) {
    size_t at = 0;
    for (JsonElement each : simdjson::dom::array(element))
      index(each, below(pointer, std::to_string(at++)), depth + 1);
    return;
  }
  if (!element.is_object())
    return;
  for (auto [key, value] : simdjson::dom::object(element)) {
    std::string_view text;
    if (!value.get_string().get(text)) {
      if (key == "$id" && !withoutFragment(text).empty()) {
        ids.emplace(withoutFragment(text), pointer);
        bases.emplace(pointer, withoutFragment(text));
      } else if (key == "$id" && text.size() > 1) {
        anchors[std::string(text.substr(1))].push_back(pointer); // as draft 7 writes anchors
      } else if (key == "$anchor" || key == "$dynamicAnchor") {
        anchors[std::string(text)].push_back(pointer);
        dynamic[std::string(text)] += key == "$dynamicAnchor";
      }
    } else if (!isValue(key)) {
      index(value, below(pointer, key), depth + 1);
    }
  }
}

/// The pointer of the closest schema around that has an $id; the whole document otherwise.
std::string References::baseOf(const std::string &pointer) const {
  for (std::string around = pointer; !around.empty(); around.resize(around.rfind('/')))
    if (bases.contains(around))
      return around;
  return "";
}

Result<Schema> References::resolve(std::string_view reference, const std::string &from,
                                   std::string_view keyword) const {
  const std::string at = below(from, keyword);
  const std::string quoted = "\"" + std::string(reference) + "\"";
  const std::string document = withoutFragment(reference);
  std::string base = baseOf(from);
  if (!document.empty()) {
    auto place = std::ranges::find_if(ids, [&](const auto &id) {
      return id.first == document || id.first.ends_with("/" + document) ||
             document.ends_with("/" + id.first);
    });
    if (place == ids.end())
      return schemaError(at, "expected a reference within the document (#/...), found " + quoted);
    base = place->second;
  }
  const size_t hash = reference.find('#');
  const std::string fragment =
      hash == std::string_view::npos ? "" : unescaped(reference.substr(hash + 1));
  std::string pointer = base + fragment;
  if (!fragment.empty() && fragment[0] != '/') {
    const auto place = anchors.find(fragment);
    if (place == anchors.end())
      return schemaError(at, "nothing is at " + quoted);
    if (keyword == "$dynamicRef" && dynamic.at(fragment) > 1)
      return schemaError(at, "\"$dynamicRef\" to an anchor of several schemas is not supported, "
                             "found " +
                                 quoted);
    auto inBase = std::ranges::find_if(
        place->second, [&](const std::string &each) { return baseOf(each) == base; });
    pointer = inBase == place->second.end() ? place->second[0] : *inBase;
  }
  JsonElement target = root;
  if (!pointer.empty() && root.at_pointer(pointer).get(target))
    return schemaError(at, "nothing is at " + quoted);
  return Schema{.element = target, .pointer = pointer};
}

} // namespace weft::constrain
