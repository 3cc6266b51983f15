#include "frontend/gguf/GgufVocabulary.h"

#include "runtime/text/formats/SentencePieceStages.h"

#include <algorithm>
#include <tuple>

namespace weft {

using nlohmann::json;

namespace {

/// Some ten times what the largest published vocabularies give; a hostile one (all runs of
/// one letter) could ask for billions.
constexpr size_t mostMerges = size_t(1) << 22;
constexpr size_t mostMergeBytes = size_t(1) << 26;

constexpr std::string_view space = "▁";

struct Merge {
  int32_t left, right, result;
};

/// Whether SentencePiece merges into, and out of, this piece. Byte pieces stand for bytes
/// that no piece covers, not for their own spelling.
bool merges(const GgufVocabulary &vocabulary, int32_t id) {
  GgufTokenType type = vocabulary.types[id];
  return type == GgufTokenType::Normal || type == GgufTokenType::UserDefined ||
         type == GgufTokenType::Unused;
}

Result<std::vector<Merge>> rebuildMerges(const GgufVocabulary &vocabulary,
                                         const std::string &file) {
  std::vector<Merge> list;
  size_t mergeBytes = 0;
  for (int32_t result = 0; result < static_cast<int32_t>(vocabulary.tokens.size()); ++result) {
    std::string_view piece = vocabulary.tokens[result];
    if (!merges(vocabulary, result))
      continue;
    for (size_t cut = 1; cut < piece.size(); ++cut) {
      // Inside a character of several bytes no piece ends.
      if ((piece[cut] & 0xc0) == 0x80)
        continue;
      auto left = vocabulary.ids.find(piece.substr(0, cut));
      if (left == vocabulary.ids.end() || !merges(vocabulary, left->second))
        continue;
      auto right = vocabulary.ids.find(piece.substr(cut));
      if (right == vocabulary.ids.end() || !merges(vocabulary, right->second))
        continue;
      mergeBytes += piece.size();
      if (list.size() == mostMerges || mergeBytes > mostMergeBytes)
        return fail("'" + file + "': the vocabulary asks for more than " +
                    std::to_string(mostMerges) + " merges or " + std::to_string(mostMergeBytes) +
                    " bytes of them");
      list.push_back({left->second, right->second, result});
    }
  }
  std::ranges::sort(list, {}, [&](const Merge &merge) {
    return std::tuple(-vocabulary.scores[merge.result], merge.result, merge.left, merge.right);
  });
  return list;
}

} // namespace

Result<GgufTokenizerParts> convertSentencePiece(const GgufVocabulary &vocabulary,
                                                const GgufFile &gguf, const std::string &file) {
  if (vocabulary.scores.empty() && !vocabulary.tokens.empty())
    return fail("'" + file +
                "': expected 'tokenizer.ggml.scores', from which the merges of a "
                "'llama' vocabulary follow");
  for (double score : vocabulary.scores)
    if (score != score)
      return fail("'" + file + "': 'tokenizer.ggml.scores' contains a NaN");
  auto prefix = ggufValue<bool>(gguf, "tokenizer.ggml.add_space_prefix", file);
  if (!prefix)
    return failFrom(prefix);
  auto unknown = ggufValue<int64_t>(gguf, "tokenizer.ggml.unknown_token_id", file);
  if (!unknown)
    return failFrom(unknown);
  bool addPrefix = !*prefix || **prefix;
  int64_t unknownId = *unknown ? **unknown : 0;

  json vocab = json::object(), added = json::array(), merges = json::array();
  for (int32_t id = 0; id < static_cast<int32_t>(vocabulary.tokens.size()); ++id) {
    std::string_view token = vocabulary.tokens[id];
    if (token.empty())
      continue;
    vocab[std::string(token)] = id;
    if (!vocabulary.isAdded(id))
      continue;
    // A piece defined with its spaces written as ▁ is found in normalized text only, and
    // where that begins with a ▁ of its own, an added token would be given one too: such a
    // piece is left to the merges.
    bool normalized = vocabulary.types[id] == GgufTokenType::UserDefined &&
                      token.find(space) != std::string_view::npos;
    if (!normalized || !addPrefix)
      added.push_back(vocabulary.addedToken(id, normalized));
  }
  Result<std::vector<Merge>> rebuilt = rebuildMerges(vocabulary, file);
  if (!rebuilt)
    return failFrom(rebuilt);
  for (const Merge &merge : *rebuilt)
    merges.push_back(
        {std::string(vocabulary.tokens[merge.left]), std::string(vocabulary.tokens[merge.right])});

  text::SentencePieceStages stages;
  stages.addPrefix = addPrefix;
  stages.byteFallback = true;
  json unknownToken = nullptr;
  if (unknownId >= 0 && static_cast<uint64_t>(unknownId) < vocabulary.tokens.size())
    unknownToken = std::string(vocabulary.tokens[unknownId]);
  GgufTokenizerParts parts;
  parts.tokenizer = {{"added_tokens", std::move(added)},
                     {"normalizer", stages.normalizer()},
                     {"pre_tokenizer", nullptr},
                     {"decoder", stages.decoder()},
                     {"model",
                      {{"type", "BPE"},
                       {"dropout", nullptr},
                       {"unk_token", std::move(unknownToken)},
                       {"continuing_subword_prefix", nullptr},
                       {"end_of_word_suffix", nullptr},
                       {"fuse_unk", true},
                       {"byte_fallback", true},
                       {"ignore_merges", false},
                       {"vocab", std::move(vocab)},
                       {"merges", std::move(merges)}}}};
  parts.addBegin = true;
  parts.beginId = 1;
  parts.endId = 2;
  return parts;
}

} // namespace weft
