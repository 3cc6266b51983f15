#include "frontend/gguf/GgufPreTokenizers.h"
#include "frontend/gguf/GgufVocabulary.h"

#include "runtime/base/Quotes.h"

#include <vector>

namespace weft {

using nlohmann::json;

namespace {

constexpr size_t mostMerges = size_t(1) << 22;

Result<const GgufPreTokenizer *> findPreTokenizer(const GgufFile &gguf, const std::string &file) {
  auto pre = ggufValue<std::string>(gguf, "tokenizer.ggml.pre", file);
  auto model = ggufValue<std::string>(gguf, "tokenizer.ggml.model", file);
  if (!pre || !model)
    return failFrom(pre ? model : pre);
  // The vocabulary of that name has one way to be cut, whatever the file says.
  const std::string name = *model && **model == "gemma4" ? **model : *pre ? **pre : "default";
  if (const GgufPreTokenizer *found = findGgufPreTokenizer(name))
    return found;
  return fail("'" + file + "': pre-tokenizer 'tokenizer.ggml.pre' is " + inQuotes(name) +
              "; expected one of " + ggufPreTokenizerNames());
}

json preTokenizerJson(const GgufPreTokenizer &pre) {
  json list = json::array();
  if (pre.singleDigits)
    list.push_back({{"type", "Digits"}, {"individual_digits", true}});
  for (std::string_view expression : pre.expressions)
    list.push_back({{"type", "Split"},
                    {"pattern", {{"Regex", expression}}},
                    {"behavior", "Isolated"},
                    {"invert", false}});
  if (pre.spelling == GgufSpelling::Bytes)
    list.push_back({{"type", "ByteLevel"},
                    {"add_prefix_space", false},
                    {"trim_offsets", true},
                    {"use_regex", pre.gpt2Words}});
  if (list.size() == 1)
    return list.front();
  return {{"type", "Sequence"}, {"pretokenizers", std::move(list)}};
}

json normalizerJson(const GgufPreTokenizer &pre) {
  if (pre.spelling == GgufSpelling::SpacesMarked)
    return {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "▁"}};
  return pre.nfc ? json{{"type", "NFC"}} : json(nullptr);
}

json decoderJson(const GgufPreTokenizer &pre) {
  if (pre.spelling == GgufSpelling::Bytes)
    return {{"type", "ByteLevel"},
            {"add_prefix_space", true},
            {"trim_offsets", true},
            {"use_regex", true}};
  json steps = json::array({{{"type", "ByteFallback"}}, {{"type", "Fuse"}}});
  if (pre.spelling == GgufSpelling::SpacesMarked)
    steps.insert(
        steps.begin(),
        json::object({{"type", "Replace"}, {"pattern", {{"String", "▁"}}}, {"content", " "}}));
  return {{"type", "Sequence"}, {"decoders", std::move(steps)}};
}

/// The merges as pairs. Tokens that they mention are marked in `merged`.
Result<json> readMerges(const GgufVocabulary &vocabulary, const GgufFile &gguf,
                        std::vector<bool> &merged, const std::string &file) {
  auto lines = gguf.strings.find("tokenizer.ggml.merges");
  if (lines == gguf.strings.end())
    return fail("'" + file + "': expected 'tokenizer.ggml.merges', an array of strings");
  if (lines->second.size() > mostMerges)
    return fail("'" + file + "': expected at most " + std::to_string(mostMerges) +
                " merges, found " + std::to_string(lines->second.size()));
  json merges = json::array();
  for (std::string_view line : lines->second) {
    // A space is never part of a byte-level token, but the first byte may be one in
    // vocabularies that are not quite byte-level.
    size_t cut = line.find(' ', 1);
    std::string_view left = line.substr(0, cut);
    std::string_view right = cut == std::string_view::npos ? "" : line.substr(cut + 1);
    std::string result = std::string(left) + std::string(right);
    for (std::string_view token : {left, right, std::string_view(result)}) {
      auto id = vocabulary.ids.find(token);
      if (id == vocabulary.ids.end())
        return fail("'" + file + "': merge " + std::to_string(merges.size()) + ", " +
                    inQuotes(line) + ": expected two tokens of the vocabulary that make a third, " +
                    "found no token " + inQuotes(token));
      merged[id->second] = true;
    }
    merges.push_back({std::string(left), std::string(right)});
  }
  return merges;
}

} // namespace

Result<GgufTokenizerParts> convertByteLevel(const GgufVocabulary &vocabulary, const GgufFile &gguf,
                                            const std::string &file) {
  Result<const GgufPreTokenizer *> pre = findPreTokenizer(gguf, file);
  if (!pre)
    return failFrom(pre);
  std::vector<bool> merged(vocabulary.tokens.size());
  Result<json> merges = readMerges(vocabulary, gguf, merged, file);
  if (!merges)
    return failFrom(merges);

  json vocab = json::object(), added = json::array();
  for (int32_t id = 0; id < static_cast<int32_t>(vocabulary.tokens.size()); ++id) {
    std::string_view token = vocabulary.tokens[id];
    if (token.empty())
      continue;
    // Added tokens are spelled as they are, the others byte by byte, so that they belong
    // into the vocabulary only where the merges need them there.
    if (vocabulary.isAdded(id))
      added.push_back(vocabulary.addedToken(id, false));
    if (!vocabulary.isAdded(id) || merged[id])
      vocab[std::string(token)] = id;
  }

  GgufTokenizerParts parts;
  parts.tokenizer = {{"added_tokens", std::move(added)},
                     {"normalizer", normalizerJson(**pre)},
                     {"pre_tokenizer", preTokenizerJson(**pre)},
                     {"decoder", decoderJson(**pre)},
                     {"model",
                      {{"type", "BPE"},
                       {"dropout", nullptr},
                       {"unk_token", nullptr},
                       {"continuing_subword_prefix", nullptr},
                       {"end_of_word_suffix", nullptr},
                       {"fuse_unk", false},
                       {"byte_fallback", (*pre)->spelling != GgufSpelling::Bytes},
                       {"ignore_merges", (*pre)->ignoreMerges},
                       {"vocab", std::move(vocab)},
                       {"merges", std::move(*merges)}}}};
  parts.addBegin = (*pre)->addBegin;
  return parts;
}

} // namespace weft
