#include "frontend/huggingface/SlowVocabularies.h"

#include "frontend/Json.h"
#include "frontend/gguf/GgufPreTokenizers.h"
#include "frontend/huggingface/TokenizerFiles.h"
#include "runtime/base/Quotes.h"
#include "runtime/base/Utf8.h"
#include "runtime/text/formats/SentencePieceModel.h"
#include "runtime/text/formats/Tiktoken.h"

#include <algorithm>
#include <filesystem>

namespace weft {

using nlohmann::json;

namespace {

bool exists(const std::string &path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

std::optional<bool> flag(const json &config, const char *key) {
  const json *value = jsonMember(config, key);
  return value && value->is_boolean() ? std::optional(value->get<bool>()) : std::nullopt;
}

/// Lines of "left right"; the first one may name the version.
Result<json> readMerges(const std::string &file) {
  Result<std::string> text = readTextIfThere(file, largestTokenizer);
  if (!text)
    return failFrom(text);
  json merges = json::array();
  size_t line = 0;
  for (size_t at = 0; at < text->size();) {
    const size_t end = std::min(text->find('\n', at), text->size());
    std::string_view merge = std::string_view(*text).substr(at, end - at);
    at = end + 1;
    ++line;
    if (merge.ends_with('\r'))
      merge.remove_suffix(1);
    if (merge.empty() || merge.starts_with("#version"))
      continue;
    if (std::ranges::count(merge, ' ') != 1 || !isValidUtf8(merge))
      return fail("'" + file + "': line " + std::to_string(line) +
                  ": expected two tokens in UTF-8 with a space between, found " + inQuotes(merge));
    merges.push_back(std::string(merge));
  }
  return merges;
}

/// The byte-level vocabulary of GPT-2's tokenizer and of those who took its files.
Result<SlowVocabulary> readByteLevel(const std::string &directory, const json &config) {
  const std::string vocabFile = directory + "/vocab.json", mergesFile = directory + "/merges.txt";
  for (const std::string *missing : {&vocabFile, &mergesFile})
    if (!exists(*missing))
      return fail("'" + directory + "': expected vocab.json and merges.txt together, found no '" +
                  *missing + "'");
  Result<json> vocab = parseJsonFile(vocabFile, largestTokenizer);
  if (!vocab)
    return failFrom(vocab);
  if (!vocab->is_object())
    return fail("'" + vocabFile + "': expected an object of token and id");
  Result<json> merges = readMerges(mergesFile);
  if (!merges)
    return failFrom(merges);

  // Those who took the files for other words name their class; all others cut as GPT-2 does.
  const json *name = jsonMember(config, "tokenizer_class");
  const bool isQwen = name && name->is_string() &&
                      name->get_ref<const std::string &>().starts_with("Qwen2Tokenizer");
  json bytes = {{"type", "ByteLevel"},
                {"add_prefix_space", flag(config, "add_prefix_space").value_or(false)},
                {"trim_offsets", true},
                {"use_regex", !isQwen}};
  json cut = bytes;
  if (isQwen)
    cut = {{"type", "Sequence"},
           {"pretokenizers",
            {{{"type", "Split"},
              {"pattern", {{"Regex", findGgufPreTokenizer("qwen2")->expressions.front()}}},
              {"behavior", "Isolated"},
              {"invert", false}},
             bytes}}};
  json added = json::array();
  if (auto end = vocab->find("<|endoftext|>"); end != vocab->end())
    added.push_back({{"id", *end}, {"content", "<|endoftext|>"}, {"special", true}});
  json tokenizer = {{"version", "1.0"},
                    {"added_tokens", std::move(added)},
                    {"normalizer", isQwen ? json{{"type", "NFC"}} : json(nullptr)},
                    {"pre_tokenizer", std::move(cut)},
                    {"post_processor", nullptr},
                    {"decoder", bytes},
                    {"model",
                     {{"type", "BPE"},
                      {"unk_token", nullptr},
                      {"fuse_unk", false},
                      {"byte_fallback", false},
                      {"vocab", std::move(*vocab)},
                      {"merges", std::move(*merges)}}}};
  return SlowVocabulary{tokenizer.dump(), vocabFile, false};
}

text::SentencePieceOptions sentencePieceOptions(const json &config) {
  text::SentencePieceOptions options;
  options.addPrefix = flag(config, "add_prefix_space");
  options.prefixFirstOnly = flag(config, "legacy") == false;
  return options;
}

} // namespace

Result<SlowVocabulary> readSlowVocabulary(const std::string &directory, const json &config) {
  SlowVocabulary found;
  found.file = directory + "/tokenizer.model";
  std::string encoding = "llama3";
  std::error_code error;
  if (!exists(found.file)) {
    for (const auto &entry : std::filesystem::directory_iterator(directory, error))
      if (entry.path().extension() == ".tiktoken") {
        found.file = entry.path().string();
        encoding = entry.path().stem().string();
      }
  }
  Result<std::string> bytes = readTextIfThere(found.file, largestTokenizer);
  if (!bytes)
    return failFrom(bytes);
  if (bytes->empty()) {
    if (exists(directory + "/vocab.json") || exists(directory + "/merges.txt"))
      return readByteLevel(directory, config);
    return SlowVocabulary();
  }
  found.isSentencePiece = !text::looksLikeTiktoken(*bytes);
  Result<std::string> converted =
      found.isSentencePiece ? text::sentencePieceAsJson(*bytes, sentencePieceOptions(config))
                            : text::tiktokenAsJson(*bytes, encoding);
  if (!converted)
    return fail("'" + found.file + "': " + converted.error().message);
  found.tokenizerJson = std::move(*converted);
  return found;
}

} // namespace weft
