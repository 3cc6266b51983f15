// Small tokenizer.json texts, made by hand.
#pragma once

#include "runtime/text/tokenizer/Tokenizer.h"

#include <cstdio>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

namespace weft::text {

/// The parts of a tokenizer.json, each as JSON text.
struct TokenizerJson {
  std::string model;
  std::string normalizer = "null", preTokenizer = "null", postProcessor = "null", decoder = "null",
              addedTokens = "[]";

  std::string text() const {
    return R"({"version": "1.0", "added_tokens": )" + addedTokens + R"(, "normalizer": )" +
           normalizer + R"(, "pre_tokenizer": )" + preTokenizer + R"(, "post_processor": )" +
           postProcessor + R"(, "decoder": )" + decoder + R"(, "model": )" + model + "}";
  }
};

/// The vocabulary entries <0x00> to <0xFF>, from id `first` on.
inline std::string byteFallbackEntries(int first) {
  std::string entries;
  for (int byte = 0; byte < 256; ++byte) {
    char entry[32];
    std::snprintf(entry, sizeof(entry), "%s\"<0x%02X>\": %d", byte ? ", " : "", byte, first + byte);
    entries += entry;
  }
  return entries;
}

/// A SentencePiece-style tokenizer as Llama 2 has it, with a handful of merges.
inline TokenizerJson llamaStyle() {
  TokenizerJson json;
  json.model = R"({"type": "BPE", "unk_token": "<unk>", "fuse_unk": true, "byte_fallback": true,
    "vocab": {"<unk>": 0, "<s>": 1, "</s>": 2, )" +
               byteFallbackEntries(3) +
               R"(, "▁": 259, "a": 260, "b": 261, "c": 262, "▁a": 263, "ab": 264, "▁ab": 265,
    "▁▁": 266}, "merges": ["a b", "▁ ab", "▁ a", "▁ ▁"]})";
  json.normalizer = R"({"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"},
    {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]})";
  json.postProcessor = R"({"type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
    "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}})";
  json.decoder = R"({"type": "Sequence", "decoders": [
    {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"},
    {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]})";
  json.addedTokens = R"([{"id": 1, "content": "<s>", "normalized": false, "special": true},
    {"id": 2, "content": "</s>", "normalized": false, "special": true}])";
  return json;
}

/// A byte-level tokenizer as GPT-2 has it: ids 0 to 255 are the bytes in the order of the
/// byte alphabet's code points.
inline TokenizerJson gptStyle() {
  TokenizerJson json;
  std::string vocab;
  int id = 0;
  auto add = [&](unsigned code) {
    char entry[32];
    std::snprintf(entry, sizeof(entry), "%s\"\\u%04X\": %d", id ? ", " : "", code, id);
    vocab += entry;
    ++id;
  };
  for (unsigned code = 0x21; code < 0x144; ++code)
    if (code <= 0x7E || (code >= 0xA1 && code != 0xAD))
      add(code);
  json.model = R"({"type": "BPE", "unk_token": null, "continuing_subword_prefix": "",
    "end_of_word_suffix": "", "fuse_unk": false, "vocab": {)" +
               vocab + R"(, "he": 256, "ll": 257, "hell": 258, "hello": 259, "Ġhello": 260},
    "merges": [["h", "e"], ["l", "l"], ["he", "ll"], ["hell", "o"], ["Ġ", "hello"]]})";
  json.preTokenizer = R"({"type": "ByteLevel", "add_prefix_space": false, "use_regex": true})";
  json.postProcessor = R"({"type": "ByteLevel", "trim_offsets": true})";
  json.decoder = R"({"type": "ByteLevel"})";
  json.addedTokens = R"([{"id": 261, "content": "<|end|>", "normalized": false, "special": true}])";
  return json;
}

/// A tokenizer of characters: a to z are 1 to 26, space is 27, "_" 28, "-" 29, "A" 30, "1" 31,
/// "2" 32, "." 33, U+2581 34, "é" 35, "e" + U+0301 has no token, <unk> is 0.
inline TokenizerJson characters() {
  TokenizerJson json;
  std::string vocab = R"("<unk>": 0)";
  for (char c = 'a'; c <= 'z'; ++c)
    vocab += std::string(", \"") + c + "\": " + std::to_string(c - 'a' + 1);
  json.model = R"({"type": "BPE", "unk_token": "<unk>", "vocab": {)" + vocab +
               R"(, " ": 27, "_": 28, "-": 29, "A": 30, "1": 31, "2": 32, ".": 33, "▁": 34,
    "é": 35}, "merges": []})";
  json.decoder = R"({"type": "Fuse"})";
  return json;
}

inline std::unique_ptr<Tokenizer> make(const TokenizerJson &json) {
  auto tokenizer = Tokenizer::fromJson(json.text());
  if (!tokenizer) {
    ADD_FAILURE() << tokenizer.error().message;
    return nullptr;
  }
  return std::move(*tokenizer);
}

/// The error of a tokenizer.json that must not load.
inline std::string errorOf(const std::string &json) {
  auto tokenizer = Tokenizer::fromJson(json);
  if (tokenizer) {
    ADD_FAILURE() << "loads, but should not";
    return "";
  }
  EXPECT_EQ(tokenizer.error().message.find('\n'), std::string::npos);
  return tokenizer.error().message;
}

inline std::string stream(const Tokenizer &tokenizer, const std::vector<TokenId> &ids,
                          bool skipSpecial = true) {
  StreamDecoder decoder(tokenizer, skipSpecial);
  std::string text;
  for (TokenId id : ids) {
    decoder = decoder.fork(); // which goes on as the stream itself would
    text += decoder.push(id).value();
  }
  return text + decoder.finish();
}

using Ids = std::vector<TokenId>;

} // namespace weft::text
