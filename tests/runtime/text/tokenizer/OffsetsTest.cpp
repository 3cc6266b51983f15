#include "tests/runtime/text/Fixtures.h"

namespace weft::text {
namespace {

using Place = std::pair<size_t, size_t>;

std::vector<Place> offsets(const Tokenizer &tokenizer, std::string_view text) {
  std::vector<Place> places;
  Ids ids;
  for (const TokenPlace &place : tokenizer.encodeWithOffsets(text)) {
    ids.push_back(place.id);
    places.emplace_back(place.begin, place.end);
  }
  EXPECT_EQ(ids, tokenizer.encode(text));
  return places;
}

TEST(Offsets, OfBytes) {
  auto tokenizer = make(gptStyle());
  EXPECT_EQ(offsets(*tokenizer, "hello<|end|> hello"),
            (std::vector<Place>{{0, 5}, {5, 12}, {12, 18}}));
  // A character of two bytes is two tokens here, each with its byte.
  EXPECT_EQ(offsets(*tokenizer, "é!"), (std::vector<Place>{{0, 1}, {1, 2}, {2, 3}}));
  EXPECT_EQ(offsets(*tokenizer, "\xFF!"), (std::vector<Place>{{0, 1}, {1, 2}}));
}

TEST(Offsets, OfWhatIsPutIn) {
  auto tokenizer = make(llamaStyle());
  // <s> and the prefix ▁ come from nothing.
  EXPECT_EQ(offsets(*tokenizer, "c ab"), (std::vector<Place>{{0, 0}, {0, 0}, {0, 1}, {1, 4}}));
  EXPECT_EQ(offsets(*tokenizer, "é"), (std::vector<Place>{{0, 0}, {0, 0}, {0, 1}, {1, 2}}));
}

TEST(Offsets, OfWhatANormalizerChanged) {
  auto json = characters();
  json.normalizer = R"({"type": "Sequence", "normalizers": [{"type": "NFD"},
    {"type": "StripAccents"}, {"type": "Lowercase"}]})";
  EXPECT_EQ(offsets(*make(json), "aÉb"), (std::vector<Place>{{0, 1}, {1, 3}, {3, 4}}));
  EXPECT_EQ(offsets(*make(json), "e\u0301z"), (std::vector<Place>{{0, 3}, {3, 4}}));
  json.normalizer = R"({"type": "Replace", "pattern": {"Regex": " +"}, "content": " "})";
  EXPECT_EQ(offsets(*make(json), "a   b"), (std::vector<Place>{{0, 1}, {1, 4}, {4, 5}}));
  json.normalizer = R"({"type": "Strip", "strip_left": true, "strip_right": true})";
  EXPECT_EQ(offsets(*make(json), "  a "), (std::vector<Place>{{2, 3}}));
}

TEST(Offsets, OfUnknownText) {
  auto json = characters(); // unknown characters are a token each
  EXPECT_EQ(offsets(*make(json), "aÜ語b"), (std::vector<Place>{{0, 1}, {1, 3}, {3, 6}, {6, 7}}));
}

TEST(Offsets, OfInvalidBytesThatAreReplaced) {
  auto json = characters();
  EXPECT_EQ(offsets(*make(json), "a\xFF"
                                 "b"),
            (std::vector<Place>{{0, 1}, {1, 2}, {2, 3}}));
}

} // namespace
} // namespace weft::text
