#include "runtime/text/formats/TiktokenEncodings.h"

#include <map>

namespace weft::text {

namespace {

constexpr std::string_view gpt2Words =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
constexpr std::string_view cl100kWords =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|)"
    R"( ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view qwenWords =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|)"
    R"( ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view o200kWords =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+)"
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)?|)"
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*)"
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)?|)"
    R"(\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

TiktokenEncoding llama3() {
  TiktokenEncoding encoding{cl100kWords, {}};
  constexpr int32_t first = 128000, count = 256;
  const std::map<int32_t, std::string> named = {{0, "<|begin_of_text|>"},
                                                {1, "<|end_of_text|>"},
                                                {6, "<|start_header_id|>"},
                                                {7, "<|end_header_id|>"},
                                                {9, "<|eot_id|>"}};
  for (int32_t i = 0, reserved = 0; i < count; ++i) {
    const auto name = named.find(i);
    encoding.special.emplace_back(name != named.end() ? name->second
                                                      : "<|reserved_special_token_" +
                                                            std::to_string(reserved++) + "|>",
                                  first + i);
  }
  return encoding;
}

TiktokenEncoding qwen() {
  TiktokenEncoding encoding{
      qwenWords, {{"<|endoftext|>", 151643}, {"<|im_start|>", 151644}, {"<|im_end|>", 151645}}};
  for (int32_t i = 0; i < 205; ++i)
    encoding.special.emplace_back("<|extra_" + std::to_string(i) + "|>", 151646 + i);
  return encoding;
}

const std::map<std::string_view, TiktokenEncoding> &encodings() {
  static const std::map<std::string_view, TiktokenEncoding> all = {
      {"gpt2", {gpt2Words, {{"<|endoftext|>", 50256}}}},
      {"r50k_base", {gpt2Words, {{"<|endoftext|>", 50256}}}},
      {"p50k_base", {gpt2Words, {{"<|endoftext|>", 50256}}}},
      {"p50k_edit",
       {gpt2Words,
        {{"<|endoftext|>", 50256},
         {"<|fim_prefix|>", 50281},
         {"<|fim_middle|>", 50282},
         {"<|fim_suffix|>", 50283}}}},
      {"cl100k_base",
       {cl100kWords,
        {{"<|endoftext|>", 100257},
         {"<|fim_prefix|>", 100258},
         {"<|fim_middle|>", 100259},
         {"<|fim_suffix|>", 100260},
         {"<|endofprompt|>", 100276}}}},
      {"o200k_base", {o200kWords, {{"<|endoftext|>", 199999}, {"<|endofprompt|>", 200018}}}},
      {"llama3", llama3()},
      {"qwen", qwen()},
  };
  return all;
}

} // namespace

const TiktokenEncoding *findTiktokenEncoding(std::string_view name) {
  const auto found = encodings().find(name);
  return found == encodings().end() ? nullptr : &found->second;
}

std::string tiktokenEncodingNames() {
  std::string names;
  for (const auto &[name, encoding] : encodings())
    names += (names.empty() ? "" : ", ") + std::string(name);
  return names;
}

} // namespace weft::text
