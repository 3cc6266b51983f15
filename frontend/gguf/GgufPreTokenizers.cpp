#include "frontend/gguf/GgufPreTokenizers.h"

#include <algorithm>

// Pieces that several expressions share.
#define CONTRACTIONS R"((?i:'s|'t|'re|'ve|'m|'ll|'d))"
#define WORD R"([^\r\n\p{L}\p{N}]?\p{L}+)"
#define SYMBOLS R"( ?[^\s\p{L}\p{N}]+[\r\n]*)"
#define SPACES R"(\s*[\r\n]+|\s+(?!\S)|\s+)"
#define UPPER R"([\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}])"
#define LOWER R"([\p{Ll}\p{Lm}\p{Lo}\p{M}])"
#define CASED_WORD(ending)                                                                         \
  R"([^\r\n\p{L}\p{N}]?)" UPPER "*" LOWER "+" ending R"(|[^\r\n\p{L}\p{N}]?)" UPPER "+" LOWER      \
  "*" ending
#define DEEPSEEK_WORDS                                                                             \
  R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|)"                                            \
  R"([^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|)" SPACES
#define BLOOM_WORDS R"( ?[^(\s|.,!?…。，、।۔،)]+)"

namespace weft {

namespace {

const GgufPreTokenizer all[] = {
    {.names = {"default", "gpt-2", "phi-2", "mpt", "jais", "jina-es", "jina-de", "jina-v1-en",
               "jina-v2-code", "jina-v2-de", "jina-v2-es", "roberta-bpe", "gigachat", "a.x-4.0",
               "mellum", "modern-bert", "exaone4", "trillion", "granite-docling"},
     .gpt2Words = true},
    {.names = {"olmo"}, .gpt2Words = true, .nfc = true},
    {.names = {"smollm", "starcoder", "refact", "codeshell", "exaone", "minerva-7b", "mellum2"},
     .singleDigits = true,
     .gpt2Words = true},
    {.names = {"command-r"}, .singleDigits = true, .gpt2Words = true, .nfc = true},
    {.names = {"falcon"},
     .expressions =
         {R"([\p{P}\$\+<=>\^~\|`]+)",
          R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)",
          R"([0-9][0-9][0-9])"}},
    {.names = {"llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0",
               "lfm2", "jina-v5-nano"},
     .expressions = {CONTRACTIONS "|" WORD R"(|\p{N}{1,3}|)" SYMBOLS "|" SPACES},
     .ignoreMerges = true,
     .addBegin = true},
    {.names = {"dbrx", "smaug-bpe", "glm4", "chatglm-bpe"},
     .expressions = {CONTRACTIONS "|" WORD R"(|\p{N}{1,3}|)" SYMBOLS "|" SPACES}},
    {.names = {"qwen2", "deepseek-r1-qwen", "megrez", "kormo", "f2llmv2"},
     .expressions = {CONTRACTIONS "|" WORD R"(|\p{N}|)" SYMBOLS "|" SPACES},
     .nfc = true},
    {.names = {"stablelm2", "hunyuan", "solar-open", "grok-2"},
     .expressions = {CONTRACTIONS "|" WORD R"(|\p{N}|)" SYMBOLS "|" SPACES}},
    {.names = {"qwen35"},
     .expressions = {CONTRACTIONS R"(|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}|)"
                                  R"( ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|)" SPACES},
     .nfc = true},
    {.names = {"ufakzeka"}, .expressions = {WORD R"(|\p{N}|)" SYMBOLS "|" SPACES}},
    {.names = {"seed-coder"},
     .expressions = {CONTRACTIONS "|" WORD R"(|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|)" SPACES}},
    {.names = {"bailingmoe", "bailingmoe2", "llada-moe"},
     .expressions = {R"('(?i:[sdmt]|ll|ve|re)|)" WORD R"(|\p{N}|)" SYMBOLS
                     R"(|\s*[\r\n]|\s+(?!\S)|\s+)"}},
    {.names = {"laguna"},
     .expressions = {R"([^\n]+|[\n]+)", CONTRACTIONS "|" WORD R"(|\p{N}|)" SYMBOLS "|" SPACES}},
    {.names = {"tekken"},
     .expressions = {CASED_WORD("") R"(|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|)" SPACES},
     .ignoreMerges = true,
     .addBegin = true},
    {.names = {"gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2"},
     .expressions = {CASED_WORD(CONTRACTIONS
                                "?") R"(|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|)" SPACES}},
    {.names = {"kimi-k2"},
     .expressions = {R"([\p{Han}]+|)"
                     R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*)"
                     R"([\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+)" CONTRACTIONS "?|"
                     R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+)"
                     R"([\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*)" CONTRACTIONS "?|"
                     R"(\p{N}{1,3}|)" SYMBOLS "|" SPACES}},
    {.names = {"deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4"},
     .expressions = {R"(\p{N}{1,3})", R"([一-龥぀-ゟ゠-ヿ]+)", DEEPSEEK_WORDS}},
    {.names = {"deepseek-coder"},
     .expressions = {R"([\r\n])", R"(\s?\p{L}+)", R"(\s?\p{P}+)", R"([一-龥ࠀ-一가-퟿]+)",
                     R"(\p{N})"}},
    {.names = {"poro-chat", "bloom", "gpt3-finnish"}, .expressions = {BLOOM_WORDS}},
    {.names = {"viking"}, .expressions = {BLOOM_WORDS, R"(\p{N})"}},
};

} // namespace

const GgufPreTokenizer *findGgufPreTokenizer(std::string_view name) {
  const auto *found = std::ranges::find_if(all, [name](const GgufPreTokenizer &each) {
    return std::ranges::find(each.names, name) != each.names.end();
  });
  return found == std::end(all) ? nullptr : found;
}

std::string ggufPreTokenizerNames() {
  std::string names;
  for (const GgufPreTokenizer &each : all)
    for (std::string_view name : each.names)
      names += (names.empty() ? "" : ", ") + std::string(name);
  return names;
}

} // namespace weft
