#include "tests/runtime/text/differential/Stages.h"

#include "runtime/base/Utf8.h"

#include <nlohmann/json.hpp>
#include <set>

namespace weft::text::differential {

namespace {

using nlohmann::json;

json tokenizer(json model) {
  return {{"version", "1.0"},          {"truncation", nullptr},
          {"padding", nullptr},        {"added_tokens", json::array()},
          {"normalizer", nullptr},     {"pre_tokenizer", nullptr},
          {"post_processor", nullptr}, {"decoder", nullptr},
          {"model", std::move(model)}};
}

/// Characters of many scripts, so that what a normalizer gives shows in the ids.
std::vector<std::string> alphabet() {
  std::vector<std::string> characters;
  for (char32_t code = 0x20; code < 0x3100; ++code) {
    std::string text;
    appendUtf8(text, code);
    characters.push_back(std::move(text));
  }
  return characters;
}

json characterModel() {
  json vocab = {{"<unk>", 0}};
  for (const std::string &character : alphabet())
    vocab.emplace(character, vocab.size());
  return {{"type", "BPE"},
          {"unk_token", "<unk>"},
          {"fuse_unk", false},
          {"vocab", vocab},
          {"merges", json::array()}};
}

json wordModel() {
  json vocab = {{"<unk>", 0}};
  for (const char *word :
       {"a",  "the", "The",  "I",    "'", "s",  "x",  "1",  ".",    ",",    " ", "  ",
        "\n", "▁a",  "▁the", "the ", "é", "你", "x ", " x", "word", "Word", "-", "_"})
    vocab.emplace(word, vocab.size());
  return {{"type", "WordLevel"}, {"unk_token", "<unk>"}, {"vocab", vocab}};
}

/// Tokens of one to four letters with falling scores, and one that no text needs.
json unigramModel(bool byteFallback) {
  json vocab = json::array({json::array({"<unk>", 0.0})});
  std::set<std::string> known{"<unk>"};
  auto add = [&](const std::string &token, double score) {
    if (known.insert(token).second)
      vocab.push_back(json::array({token, score}));
  };
  if (byteFallback)
    for (unsigned byte = 0; byte < 256; ++byte) {
      char name[8];
      std::snprintf(name, sizeof(name), "<0x%02X>", byte);
      add(name, 0.0);
    }
  const std::string letters = "etaoinshrdlucmfwypvbgkjqxz";
  double score = -2;
  for (const char *word :
       {"▁",  "▁the", "▁a",   "the", "ing",  "ed",   "er", "▁of", "aa", "aaa", "aaaa",
        "ab", "ba",   "abab", "xx",  "🦙🦙", "你好", "▁▁", "ll",  "'s", "é",   "  "})
    add(word, score -= 0.37);
  for (char letter : letters)
    add(std::string(1, letter), score -= 0.11);
  for (char first : letters)
    for (char second : {'e', 'n', 's', 't'})
      add({first, second}, score -= 0.013);
  return {{"type", "Unigram"}, {"unk_id", 0}, {"vocab", vocab}, {"byte_fallback", byteFallback}};
}

json suffixModel() {
  json vocab = {{"<unk>", 0}};
  std::string letters = "abcdefghijklmnopqrstuvwxyzTI'.,1 ";
  for (char letter : letters) {
    vocab.emplace(std::string(1, letter), vocab.size());
    vocab.emplace(std::string(1, letter) + "</w>", vocab.size());
  }
  for (const char *token :
       {"th", "the</w>", "he</w>", "in", "ing</w>", "g</w>", "ng</w>", "aa", "aaaa"})
    vocab.emplace(token, vocab.size());
  return {{"type", "BPE"},
          {"unk_token", "<unk>"},
          {"fuse_unk", false},
          {"end_of_word_suffix", "</w>"},
          {"vocab", vocab},
          {"merges", {"t h", "th e</w>", "h e</w>", "n g</w>", "i ng</w>", "i n", "a a", "aa aa"}}};
}

json prefixModel() {
  json vocab = {{"<unk>", 0}};
  std::string letters = "abcdefghijklmnopqrstuvwxyzTI'.,1 ";
  for (char letter : letters) {
    vocab.emplace(std::string(1, letter), vocab.size());
    vocab.emplace("##" + std::string(1, letter), vocab.size());
  }
  for (const char *token : {"th", "the", "##ng", "##ing", "##aa", "aa", "aaa"})
    vocab.emplace(token, vocab.size());
  return {{"type", "BPE"},
          {"unk_token", "<unk>"},
          {"continuing_subword_prefix", "##"},
          {"vocab", vocab},
          {"fuse_unk", true},
          {"merges", {"t ##h", "th ##e", "##n ##g", "##i ##ng", "##a ##a", "a ##a", "aa ##a"}}};
}

json split(const char *regex, const char *behavior, bool invert = false) {
  return {{"type", "Split"},
          {"pattern", {{"Regex", regex}}},
          {"behavior", behavior},
          {"invert", invert}};
}

} // namespace

std::vector<SmallTokenizer> smallTokenizers() {
  std::vector<SmallTokenizer> all;
  auto add = [&](std::string name, const json &value) {
    all.push_back({std::move(name), value.dump()});
  };

  const json fuse = {{"type", "Fuse"}};
  const std::pair<const char *, json> normalizers[] = {
      {"nfc", {{"type", "NFC"}}},
      {"nfd", {{"type", "NFD"}}},
      {"nfkc", {{"type", "NFKC"}}},
      {"nfkd", {{"type", "NFKD"}}},
      {"lowercase", {{"type", "Lowercase"}}},
      {"strip", {{"type", "Strip"}, {"strip_left", true}, {"strip_right", true}}},
      {"strip_accents",
       {{"type", "Sequence"}, {"normalizers", {{{"type", "NFD"}}, {{"type", "StripAccents"}}}}}},
      {"nmt", {{"type", "Nmt"}}},
      {"prepend", {{"type", "Prepend"}, {"prepend", "▁"}}},
      {"replace", {{"type", "Replace"}, {"pattern", {{"Regex", " {2,}|\\n+"}}}, {"content", " "}}},
      {"bert_normalizer",
       {{"type", "BertNormalizer"},
        {"clean_text", true},
        {"handle_chinese_chars", true},
        {"strip_accents", true},
        {"lowercase", false}}},
      {"bert_plain",
       {{"type", "BertNormalizer"},
        {"clean_text", false},
        {"handle_chinese_chars", false},
        {"strip_accents", nullptr},
        {"lowercase", true}}},
  };
  for (const auto &[name, normalizer] : normalizers) {
    json value = tokenizer(characterModel());
    value["normalizer"] = normalizer;
    value["decoder"] = fuse;
    add(name, value);
  }

  const std::pair<const char *, json> preTokenizers[] = {
      {"whitespace", {{"type", "Whitespace"}}},
      {"whitespace_split", {{"type", "WhitespaceSplit"}}},
      {"bert_pre_tokenizer", {{"type", "BertPreTokenizer"}}},
      {"punctuation", {{"type", "Punctuation"}, {"behavior", "Isolated"}}},
      {"punctuation_contiguous", {{"type", "Punctuation"}, {"behavior", "Contiguous"}}},
      {"digits", {{"type", "Digits"}, {"individual_digits", true}}},
      {"digit_runs", {{"type", "Digits"}, {"individual_digits", false}}},
      {"delimiter", {{"type", "CharDelimiterSplit"}, {"delimiter", " "}}},
      {"fixed_length", {{"type", "FixedLength"}, {"length", 3}}},
      {"metaspace_first",
       {{"type", "Metaspace"}, {"replacement", "▁"}, {"prepend_scheme", "first"}, {"split", true}}},
      {"metaspace_always",
       {{"type", "Metaspace"},
        {"replacement", "▁"},
        {"prepend_scheme", "always"},
        {"split", true}}},
      {"word_class", split("\\w+|[^\\w\\s]", "Isolated")},
      {"han", split("[\\p{Han}]+", "MergedWithNext")},
      {"not_han", split("[\\p{L}&&[^\\p{Han}]]+", "MergedWithPrevious")},
      {"case_insensitive", split("(?i:'s|'k|the)|\\d", "Removed")},
      {"lazy", split("a+?b*|[x-z]{2,3}", "Isolated")},
      {"by_pcre", split("(?<=a)b|^x", "Isolated")},
      {"inverted", split("\\p{L}+|\\p{N}", "Removed", true)},
  };
  for (const auto &[name, preTokenizer] : preTokenizers) {
    json value = tokenizer(wordModel());
    value["pre_tokenizer"] = preTokenizer;
    add(name, value);
  }

  json unigram = tokenizer(unigramModel(false));
  unigram["pre_tokenizer"] = {
      {"type", "Metaspace"}, {"replacement", "▁"}, {"prepend_scheme", "always"}, {"split", true}};
  unigram["decoder"] = {
      {"type", "Metaspace"}, {"replacement", "▁"}, {"prepend_scheme", "always"}, {"split", true}};
  add("unigram", unigram);
  json fallback = tokenizer(unigramModel(true));
  fallback["normalizer"] = {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "▁"}};
  fallback["decoder"] = {{"type", "Sequence"},
                         {"decoders",
                          {{{"type", "Replace"}, {"pattern", {{"String", "▁"}}}, {"content", " "}},
                           {{"type", "ByteFallback"}},
                           {{"type", "Fuse"}}}}};
  add("unigram_bytes", fallback);

  json suffix = tokenizer(suffixModel());
  suffix["pre_tokenizer"] = {{"type", "WhitespaceSplit"}};
  suffix["decoder"] = {{"type", "BPEDecoder"}, {"suffix", "</w>"}};
  add("bpe_suffix", suffix);
  json prefix = tokenizer(prefixModel());
  prefix["pre_tokenizer"] = {{"type", "BertPreTokenizer"}};
  prefix["decoder"] = {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}};
  add("bpe_prefix", prefix);
  json ctc = tokenizer(characterModel());
  ctc["decoder"] = {
      {"type", "CTC"}, {"pad_token", "e"}, {"word_delimiter_token", "|"}, {"cleanup", true}};
  add("ctc", ctc);
  return all;
}

} // namespace weft::text::differential
