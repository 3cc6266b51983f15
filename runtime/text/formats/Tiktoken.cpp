#include "runtime/text/formats/Tiktoken.h"

#include "runtime/base/Base64.h"
#include "runtime/text/formats/TiktokenEncodings.h"
#include "runtime/text/tokenizer/Json.h"
#include "runtime/text/tokenizer/split/ByteAlphabet.h"

#include <charconv>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>

namespace weft::text {

namespace {

using nlohmann::json;

struct Line {
  std::string token;
  TokenId rank;
};

std::optional<Line> readLine(std::string_view line) {
  const size_t space = line.find(' ');
  if (space == std::string_view::npos)
    return std::nullopt;
  auto token = decodeBase64(line.substr(0, space));
  const std::string_view number = line.substr(space + 1);
  Line read{.token = token.value_or(""), .rank = -1};
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), read.rank);
  const bool good = !read.token.empty() && error == std::errc() &&
                    end == number.data() + number.size() && read.rank >= 0 &&
                    read.rank <= maximumTokenId;
  return good ? std::optional(std::move(read)) : std::nullopt;
}

std::string_view nextLine(std::string_view &rest) {
  const size_t end = std::min(rest.find('\n'), rest.size());
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  if (line.ends_with('\r'))
    line.remove_suffix(1);
  return line;
}

/// Without one of them, texts would lose bytes.
Result<void> hasAllBytes(const json &vocab) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    std::string spelled;
    appendAsByteCharacters(spelled, std::string(1, char(byte)));
    if (!vocab.contains(spelled))
      return fail(
          fmt::format("expected a token for each byte, found none for 0x{:02x} among {}; the "
                      "file may be cut short",
                      byte, vocab.size()));
  }
  return {};
}

} // namespace

bool looksLikeTiktoken(std::string_view file) { return readLine(nextLine(file)).has_value(); }

Result<std::string> tiktokenAsJson(std::string_view file, std::string_view name) {
  const TiktokenEncoding *encoding = findTiktokenEncoding(name);
  if (!encoding)
    return fail("a tiktoken vocabulary named " + inQuotes(name) +
                ", for which no pattern is known; expected one of " + tiktokenEncodingNames());
  json vocab = json::object();
  for (size_t number = 1; !file.empty(); ++number) {
    const std::string_view line = nextLine(file);
    if (line.empty())
      continue;
    const std::optional<Line> read = readLine(line);
    if (!read)
      return fail("line " + std::to_string(number) +
                  ": expected a token in Base64 and its rank, "
                  "found " +
                  inQuotes(line));
    std::string spelled;
    appendAsByteCharacters(spelled, read->token);
    if (!vocab.emplace(std::move(spelled), read->rank).second)
      return fail("line " + std::to_string(number) + ": the token appears twice");
  }
  if (auto complete = hasAllBytes(vocab); !complete)
    return failFrom(complete);
  json added = json::array();
  for (const auto &[content, id] : encoding->special)
    added.push_back({{"id", id},
                     {"content", content},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", false},
                     {"special", true}});
  const json byteLevel = {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", false}};
  const json split = {{"type", "Split"},
                      {"pattern", {{"Regex", encoding->pattern}}},
                      {"behavior", "Isolated"},
                      {"invert", false}};
  return json{
      {"version", "1.0"},
      {"added_tokens", std::move(added)},
      {"normalizer", nullptr},
      {"pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", json::array({split, byteLevel})}}},
      {"post_processor", nullptr},
      {"decoder", {{"type", "ByteLevel"}}},
      {"model",
       {{"type", "BPE"},
        {"ignore_merges", true},
        {"token_ranks", "ids"},
        {"vocab", std::move(vocab)}}}}
      .dump();
}

} // namespace weft::text
