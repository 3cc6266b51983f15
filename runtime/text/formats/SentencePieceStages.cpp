#include "runtime/text/formats/SentencePieceStages.h"

#include "runtime/base/Base64.h"

namespace weft::text {

using nlohmann::json;

namespace {

constexpr std::string_view space = "▁";

json replace(json pattern, std::string_view to) {
  return {{"type", "Replace"}, {"pattern", std::move(pattern)}, {"content", to}};
}

} // namespace

json SentencePieceStages::normalizer() const {
  json steps = json::array();
  if (!table.empty())
    steps.push_back({{"type", "Precompiled"},
                     {"precompiled_charsmap", encodeBase64(table)},
                     {"longest_match", true}});
  if (removeExtraSpaces) {
    // SentencePiece takes away spaces, not all white space, and then doubled ones; at the end
    // it looks for the mark that it has made of them.
    steps.push_back(replace({{"Regex", "\\A +|[ ▁]+\\z"}}, ""));
    steps.push_back(replace({{"Regex", " {2,}"}}, " "));
  }
  if (addPrefix && !prefixFirstOnly)
    steps.push_back({{"type", "Prepend"}, {"prepend", space}});
  steps.push_back(replace({{"String", " "}}, space));
  return {{"type", "Sequence"}, {"normalizers", std::move(steps)}};
}

json SentencePieceStages::preTokenizer() const {
  if (!addPrefix || !prefixFirstOnly)
    return nullptr;
  return {
      {"type", "Metaspace"}, {"replacement", space}, {"prepend_scheme", "first"}, {"split", false}};
}

json SentencePieceStages::decoder() const {
  json steps = json::array({replace({{"String", space}}, " ")});
  if (byteFallback)
    steps.push_back({{"type", "ByteFallback"}});
  steps.push_back({{"type", "Fuse"}});
  if (addPrefix)
    steps.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
  return {{"type", "Sequence"}, {"decoders", std::move(steps)}};
}

} // namespace weft::text
