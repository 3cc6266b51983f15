#include "tests/runtime/text/differential/Texts.h"

#include "runtime/base/Utf8.h"

#include <iterator>
#include <random>
#include <string_view>
#include <utility>

namespace weft::text::differential {

namespace {

using Random = std::mt19937_64; // specified to the bit, unlike distributions

bool isSurrogate(char32_t code) { return code >= 0xD800 && code < 0xE000; }

/// Every code point, 64 to a text: what joins and what parts follows from the neighbours.
std::vector<std::string> everyCodePoint() {
  std::vector<std::string> texts;
  for (char32_t first = 0; first < 0x110000; first += 64) {
    if (isSurrogate(first))
      continue;
    std::string text;
    for (char32_t code = first; code < first + 64; ++code)
      appendUtf8(text, code);
    texts.push_back(std::move(text));
  }
  return texts;
}

/// Code points after a letter, after a space and after a digit; of the large uniform blocks
/// (ideographs, Hangul, private use) and the planes above the second a few.
std::vector<std::string> codePointsInContext() {
  std::vector<std::string> texts;
  std::string text;
  auto isUniform = [](char32_t code) {
    return (code >= 0x3400 && code < 0xA000) || (code >= 0xAC00 && code < 0xD800) ||
           (code >= 0xE000 && code < 0xF900) || (code >= 0x17000 && code < 0x18D00) ||
           code >= 0x20000;
  };
  for (char32_t code = 0; code < 0x110000; code += isUniform(code) ? 61 : 1) {
    if (isSurrogate(code))
      continue;
    for (std::string_view before : {"a", " ", "1", " A"}) {
      text += before;
      appendUtf8(text, code);
    }
    text += "a.";
    if (text.size() > 600)
      texts.push_back(std::exchange(text, {}));
  }
  texts.push_back(text);
  return texts;
}

char32_t randomCodePoint(Random &random) {
  struct Range {
    char32_t begin, end;
  };
  constexpr Range ranges[] = {
      {0x20, 0x7F},     {0x20, 0x7F},     {'a', 'z' + 1},      {'A', 'Z' + 1},   {'0', '9' + 1},
      {' ', ' ' + 1},   {0x80, 0x250},    {0x300, 0x370},      {0x370, 0x590},   {0x590, 0x780},
      {0x900, 0xE80},   {0x1E00, 0x2000}, {0x2000, 0x2070},    {0x2100, 0x2C00}, {0x3000, 0x3100},
      {0x4E00, 0x9FFF}, {0xAC00, 0xD7A4}, {0xFE00, 0x10000},   {0x9, 0xE},       {0x1F300, 0x1FB00},
      {0x200B, 0x2010}, {0xFE0F, 0xFE10}, {0x10000, 0x110000}, {0, 0xD800},
  };
  const Range range = ranges[random() % std::size(ranges)];
  return range.begin + static_cast<char32_t>(random() % (range.end - range.begin));
}

std::vector<std::string> randomTexts() {
  constexpr std::string_view pieces[] = {
      "the",
      " of",
      " ",
      "  ",
      "    ",
      "\n",
      "\n\n",
      "\r\n",
      "\t",
      "'s",
      "'LL",
      "don't",
      "1",
      "2024",
      "3.14",
      "==",
      "!!!",
      "...",
      "()",
      "{\n",
      "//",
      " -> ",
      "http://",
      "_",
      "<s>",
      "</s>",
      "[SEP]",
      "<|endoftext|>",
      "<|im_start|>",
      "▁",
      "é",
      "e\u0301",
      "ß",
      "İ",
      "ſ",
      "Σ",
      "你好",
      "こんにちは",
      "안녕",
      "مرحبا",
      "שלום",
      "नमस्ते",
      "👍🏽",
      "👨‍👩‍👧",
      "🇩🇪",
      "\u200d",
      "\u3000",
      "\u00a0",
      "\u2028",
      "ﬁ",
      "①",
      "Ⅷ",
      "½",
  };
  std::vector<std::string> texts;
  Random random(20240229);
  for (int round = 0; round < 10000; ++round) {
    std::string text;
    for (size_t count = random() % 24; count > 0; --count) {
      const size_t kind = random() % 8;
      if (kind < 3)
        text += pieces[random() % std::size(pieces)];
      else if (kind < 5)
        for (size_t letters = 1 + random() % 8; letters > 0; --letters)
          text += static_cast<char>('a' + random() % 26);
      else
        appendUtf8(text, randomCodePoint(random));
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

std::string repeated(std::string_view text, size_t count) {
  std::string out;
  out.reserve(text.size() * count);
  for (size_t i = 0; i < count; ++i)
    out += text;
  return out;
}

std::vector<std::string> longRuns() {
  std::vector<std::string> texts{repeated("a", 1000000)};
  constexpr std::string_view runs[] = {
      " ",
      "\n",
      "\t",
      "\r\n",
      " \n",
      "\u00a0",
      "\u3000",
      "\u2028",
      "0",
      "A",
      "ab",
      "é",
      "=",
      "-",
      "!?",
      "'",
      "_",
      "한",
      "的",
      "ا",
      "\u0301",
      "👍🏽",
      "👨‍👩‍👧",
      "aA",
      "a ",
      "a1",
      "</s>",
      "▁",
      "\u200d",
      "<0x41>",
      "ſ",
      "e\u0301",
  };
  for (std::string_view run : runs)
    for (size_t count : {33, 1000, 20000})
      texts.push_back("x" + repeated(run, count) + "x");
  return texts;
}

} // namespace

std::vector<TextGroup> allTexts() {
  return {{"sentences", sentences()},
          {"code-points", everyCodePoint()},
          {"in-context", codePointsInContext()},
          {"random", randomTexts()},
          {"long-runs", longRuns()}};
}

std::vector<std::string> invalidTexts() {
  std::vector<std::string> texts = {"\xFF",
                                    "\xC3",
                                    "a\xE2\x82",
                                    "\xE2\x82"
                                    "b",
                                    "\xF0\x9F\x91",
                                    "\xED\xA0\x80",
                                    "\xC0\x80",
                                    "\xF4\x90\x80\x80",
                                    "caf\xE9 au lait",
                                    std::string("\0\xFE\0", 3)};
  Random random(7);
  for (int round = 0; round < 500; ++round) {
    std::string text(random() % 60, '\0');
    for (char &byte : text)
      byte = static_cast<char>(random() % 3 ? 'a' + random() % 26 : random());
    texts.push_back(std::move(text));
  }
  return texts;
}

} // namespace weft::text::differential
