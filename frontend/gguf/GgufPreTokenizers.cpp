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
#define GPT2_WORDS R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)"
#define LINES R"([^\n]+|[\n]+)"
#define CJK R"([一-龥぀-ゟ゠-ヿ]+)"
// Letters with a case, as the families' files list them: some are not there (Armenian small ones).
#define CASED_LETTERS                                                                               \
  R"(A-Za-z\x{B5}\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{1BA}\x{1BC}-\x{1BF}\x{1C4}-\x{293})"           \
  R"(\x{295}-\x{2AF}\x{370}-\x{373}\x{376}\x{377}\x{37B}-\x{37D}\x{37F}\x{386}\x{388}-\x{38A})"     \
  R"(\x{38C}\x{38E}-\x{3A1}\x{3A3}-\x{3F5}\x{3F7}-\x{481}\x{48A}-\x{52F}\x{531}-\x{556})"           \
  R"(\x{10A0}-\x{10C5}\x{13A0}-\x{13F5}\x{13F8}-\x{13FD}\x{1C90}-\x{1CBA}\x{1CBD}-\x{1CBF})"        \
  R"(\x{1D00}-\x{1D2B}\x{1D6B}-\x{1D77}\x{1D79}-\x{1D9A}\x{1E00}-\x{1F15}\x{1F18}-\x{1F1D})"        \
  R"(\x{1F20}-\x{1F45}\x{1F48}-\x{1F4D}\x{1F50}-\x{1F57}\x{1F59}\x{1F5B}\x{1F5D}\x{1F5F}-\x{1F7D})" \
  R"(\x{1F80}-\x{1FB4}\x{1FB6}-\x{1FBC}\x{1FBE}\x{1FC2}-\x{1FC4}\x{1FC6}-\x{1FCC})"                 \
  R"(\x{1FD0}-\x{1FD3}\x{1FD6}-\x{1FDB}\x{1FE0}-\x{1FEC}\x{1FF2}-\x{1FF4}\x{1FF6}-\x{1FFC})"        \
  R"(\x{2102}\x{2107}\x{210A}-\x{2113}\x{2115}\x{2119}-\x{211D}\x{2124}\x{2126}\x{2128})"           \
  R"(\x{212A}-\x{212D}\x{212F}-\x{2134}\x{2139}\x{213C}-\x{213F}\x{2145}-\x{2149}\x{214E})"         \
  R"(\x{2183}\x{2184}\x{2C00}-\x{2C7B}\x{2C7E}-\x{2CE4}\x{2CEB}-\x{2CEE}\x{2CF2}\x{2CF3})"          \
  R"(\x{A640}-\x{A66D}\x{A680}-\x{A69B}\x{A722}-\x{A76F}\x{A771}-\x{A787}\x{A78B}-\x{A78E})"        \
  R"(\x{AB70}-\x{ABBF}\x{FB00}-\x{FB06}\x{FB13}-\x{FB17}\x{FF21}-\x{FF3A}\x{FF41}-\x{FF5A})"        \
  R"(\x{10400}-\x{1044F}\x{104B0}-\x{104D3}\x{104D8}-\x{104FB}\x{10C80}-\x{10CB2})"                 \
  R"(\x{10CC0}-\x{10CF2}\x{118A0}-\x{118DF}\x{1E900}-\x{1E943})"
// Digits in threes, counted from the end of the number.
#define THOUSANDS R"(\p{N}{1,3}(?=(?:\p{N}{3})*(?!\p{N})))"

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
     .expressions = {R"([\p{P}\$\+<=>\^~\|`]+)", GPT2_WORDS, R"([0-9][0-9][0-9])"}},
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
     .expressions = {LINES, CONTRACTIONS "|" WORD R"(|\p{N}|)" SYMBOLS "|" SPACES}},
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
    {.names = {"granite-embed-multi-97m"},
     .expressions = {CASED_WORD(CONTRACTIONS
                                "?") R"(|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|)" SPACES},
     .ignoreMerges = true},
    {.names = {"tiny_aya", "cohere2moe"},
     .expressions = {R"(\d{1,3}(?=(?:\d{3})*\b))",
                     CASED_WORD(CONTRACTIONS
                                "?") R"(|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|)" SPACES}},
    {.names = {"youtu"},
     .expressions =
         {R"([\x{AC00}-\x{D7A3}\x{3131}-\x{318E}]+|[\x{FF01}\x{2026}\x{201C}\x{201D}\x{2018})"
          R"(\x{2019}\x{2014}\x{FF1A}\x{FF1B}\x{FF0C}\x{3001}-\x{303F}\x{FE30}-\x{FE4F}]+|)"
          R"([\x{3105}-\x{312F}]+|)" CJK,
          CASED_WORD(CONTRACTIONS "?") R"(|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|)" SPACES},
     .ignoreMerges = true},
    {.names = {"exaone-moe"},
     .expressions = {CONTRACTIONS R"(|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|)"
                                  R"(\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+)"}},
    {.names = {"minicpm5"},
     .expressions = {R"(\p{N}{1,3})", CONTRACTIONS "|" WORD R"(|\p{N}+|)" SYMBOLS "|" SPACES},
     .ignoreMerges = true},
    {.names = {"jais-2"},
     .expressions = {CONTRACTIONS "|" WORD R"(|\p{N}{1,3}|)" SYMBOLS
                                  R"(|\s*[\r\n]+|\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|)"
                                  R"(\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)|\s{8}(?!\S)|)"
                                  R"(\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1})"}},
    {.names = {"superbpe"}, .expressions = {R"(\p{N}+)", THOUSANDS}},
    {.names = {"afmoe"},
     .expressions = {THOUSANDS,
                     R"([\x{4E00}-\x{9FFF}\x{3400}-\x{4DBF}\x{F900}-\x{FAFF}\x{3040}-\x{309F})"
                     R"(\x{30A0}-\x{30FF}\x{FF65}-\x{FF9F}\x{2F00}-\x{2FDF}\x{E40}-\x{E7F})"
                     R"(\x{E80}-\x{EFF}\x{1780}-\x{17FF}\x{1000}-\x{109F}\x{AA60}-\x{AA7F})"
                     R"(\x{A9E0}-\x{A9FF}\x{AC00}-\x{D7AF}\x{1100}-\x{11FF}]+)",
                     DEEPSEEK_WORDS}},
    {.names = {"chameleon"},
     .expressions = {R"(<sentinel:[0-9]+>)", R"((IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z)",
                     R"(([\t\n]|    |  ))", R"(\p{N})", R"([\p{P}!-/:-@\[-`{-~])", GPT2_WORDS},
     .addBegin = true},
    {.names = {"deepseek-llm"},
     .expressions = {R"([\r\n])", R"(\s?[)" CASED_LETTERS "]+",
                     R"(\s?[!-/:-~\x{FF01}-\x{FF0F}\x{FF1A}-\x{FF5E}\x{2018}-\x{201F})"
                     R"(\x{3000}-\x{3002}]+)",
                     R"(\s+$)", R"([一-龥ࠀ-一가-퟿]+)", R"(\p{N}+)"}},
    {.names = {"deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4"},
     .expressions = {R"(\p{N}{1,3})", CJK, DEEPSEEK_WORDS}},
    {.names = {"spark2_5"},
     .expressions = {R"(\p{N}{1,3})", CJK,
                     R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|)"
                     R"([^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+|[\r\n]|)"
                     R"(\s+(?!\S)|\s+)",
                     R"(\p{N})"}},
    {.names = {"deepseek-coder"},
     .expressions = {R"([\r\n])", R"(\s?\p{L}+)", R"(\s?\p{P}+)", R"([一-龥ࠀ-一가-퟿]+)",
                     R"(\p{N})"}},
    {.names = {"poro-chat", "bloom", "gpt3-finnish"}, .expressions = {BLOOM_WORDS}},
    {.names = {"viking"}, .expressions = {BLOOM_WORDS, R"(\p{N})"}},
    {.names = {"gemma4", "granite-embed-multi-311m"},
     .expressions = {LINES},
     .spelling = GgufSpelling::SpacesMarked,
     .ignoreMerges = true,
     .addBegin = true},
    {.names = {"sarvam-moe"}, .expressions = {LINES}, .spelling = GgufSpelling::SpacesMarked},
    {.names = {"whitespace"}, .expressions = {R"(\S+)"}, .spelling = GgufSpelling::Plain},
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
