// What is trained here gives the same ids with Hugging Face's tokenizers.
#include "tests/runtime/text/train/TrainingFixtures.h"

#include <cstdlib>

namespace weft::text {
namespace {

namespace fs = std::filesystem;

void append(std::string &out, const std::string &text) {
  const auto size = static_cast<uint32_t>(text.size());
  out.append(reinterpret_cast<const char *>(&size), sizeof size) += text;
}

class HuggingFaceTraining : public TrainingTest, public testing::WithParamInterface<ModelKind> {
protected:
  /// The ids of each text, by ../differential/ids.mjs.
  std::vector<std::vector<TokenId>> idsOf(const std::string &json,
                                          const std::vector<std::string> &texts) {
    std::string packed;
    for (const std::string &text : texts)
      append(packed, text);
    const std::string in = write("texts", packed), vocabulary = write("tokenizer.json", json);
    const std::string command =
        "node '" WEFT_SOURCE_DIR "/tests/runtime/text/differential/ids.mjs' '" +
        directory.string() + "' '" + in + "' '" + folder.file("ids") + "' '" + vocabulary + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    std::ifstream out(folder.file("ids"), std::ios::binary);
    auto number = [&] {
      uint32_t value = 0;
      out.read(reinterpret_cast<char *>(&value), sizeof value);
      return value;
    };
    std::vector<std::vector<TokenId>> all;
    for (size_t i = 0; i < texts.size(); ++i) {
      all.emplace_back(number());
      for (TokenId &id : all.back())
        id = static_cast<TokenId>(number());
      out.ignore(number());
    }
    EXPECT_TRUE(out);
    return all;
  }
  const fs::path directory = WEFT_TOKENIZERS;
};

TEST_P(HuggingFaceTraining, GivesTheSameIds) {
  if (!fs::exists(directory / "node_modules/tokenizers"))
    GTEST_SKIP() << "no npm packages here: scripts/fetch-tokenizers.sh brings them";
  auto wanted = options(GetParam(), 1500);
  wanted.specials = {"<s>"};
  const std::string json = train(prose(), wanted).json;
  auto tokenizer = Tokenizer::fromJson(json);
  ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().message;
  std::vector<std::string> texts = {"",
                                    " ",
                                    "low",
                                    "low lowest",
                                    "  two  spaces \n\n",
                                    "<s>low<s>",
                                    "a<b </w> c",
                                    "na\u00efve \u4e16\u754c \U0001F600"};
  for (const std::string &file : prose()) {
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);)
      texts.push_back(line + "\n");
  }
  const auto expected = idsOf(json, texts);
  for (size_t i = 0; i < texts.size(); ++i)
    ASSERT_EQ((*tokenizer)->encode(texts[i]), expected[i]) << texts[i];
}

INSTANTIATE_TEST_SUITE_P(Models, HuggingFaceTraining, testing::ValuesIn(allModels), nameOfModel);

} // namespace
} // namespace weft::text
