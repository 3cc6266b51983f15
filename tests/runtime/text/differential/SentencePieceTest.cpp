// Ids beside SentencePiece's own programs (Debian's package `sentencepiece`), on models that they
// train on this repository's documentation.
#include "runtime/text/formats/SentencePieceModel.h"
#include "runtime/text/tokenizer/Tokenizer.h"
#include "tests/runtime/text/differential/Texts.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

namespace weft::text::differential {
namespace {

namespace fs = std::filesystem;

struct Training {
  const char *name;
  const char *options;
};

class SentencePiece : public testing::TestWithParam<Training> {
protected:
  static bool runs(const std::string &command) { return std::system(command.c_str()) == 0; }
  static std::string readFile(const fs::path &path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
};

/// The texts that SentencePiece's programs can be given: a line each, without the symbols that
/// they, unlike Hugging Face, do not look for in the text.
std::vector<std::string> lines() {
  std::vector<std::string> lines;
  for (const TextGroup &group : allTexts()) {
    for (const std::string &text : group.texts) {
      if (text.size() > 5000 || text.empty())
        continue;
      const bool special =
          text.find_first_of(std::string_view("\n\r\0", 3)) != std::string::npos ||
          text.find("<s>") != std::string::npos || text.find("</s>") != std::string::npos ||
          text.find("<unk>") != std::string::npos || text.find("<0x") != std::string::npos;
      if (!special)
        lines.push_back(text);
    }
  }
  return lines;
}

TEST_P(SentencePiece, GivesTheSameIds) {
  if (!runs("command -v spm_train spm_encode >/dev/null"))
    GTEST_SKIP() << "no spm_train and spm_encode here: install Debian's package sentencepiece";
  const fs::path folder = fs::path(WEFT_TOKENIZERS) / "sentencepiece";
  fs::create_directories(folder);
  const std::string stem = (folder / GetParam().name).string();
  {
    std::ofstream corpus(stem + ".corpus");
    for (const auto &page : fs::directory_iterator(WEFT_SOURCE_DIR "/docs"))
      if (page.path().extension() == ".md")
        corpus << readFile(page.path());
    for (const std::string &text : sentences())
      corpus << text << '\n';
  }
  ASSERT_TRUE(runs("spm_train --input='" + stem + ".corpus' --model_prefix='" + stem +
                   "' --vocab_size=1000 --num_threads=1 --minloglevel=2 " + GetParam().options +
                   " 2>/dev/null"));
  const std::vector<std::string> texts = lines();
  {
    std::ofstream file(stem + ".txt", std::ios::binary);
    for (const std::string &text : texts)
      file << text << '\n';
  }
  ASSERT_TRUE(runs("spm_encode --model='" + stem + ".model' --output_format=id < '" + stem +
                   ".txt' > '" + stem + ".ids'"));

  auto json = sentencePieceAsJson(readFile(stem + ".model"));
  ASSERT_TRUE(json) << json.error().message;
  auto tokenizer = Tokenizer::fromJson(*json);
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  std::ifstream answers(stem + ".ids");
  size_t wrong = 0;
  for (const std::string &text : texts) {
    std::string line;
    ASSERT_TRUE(std::getline(answers, line));
    std::ostringstream found;
    for (const char *separator = ""; TokenId id : (*tokenizer)->encode(text)) {
      found << separator << id;
      separator = " ";
    }
    if (found.str() != line && ++wrong <= 5)
      ADD_FAILURE() << text.substr(0, 200) << "\n  found    " << found.str().substr(0, 300)
                    << "\n  expected " << line.substr(0, 300);
  }
  EXPECT_EQ(wrong, 0u) << "of " << texts.size();
}

INSTANTIATE_TEST_SUITE_P(
    Models, SentencePiece,
    testing::Values(Training{"unigram", "--model_type=unigram"},
                    Training{"unigram_bytes", "--model_type=unigram --byte_fallback=true"},
                    Training{"bpe", "--model_type=bpe"},
                    Training{"llama_like", "--model_type=bpe --byte_fallback=true "
                                           "--normalization_rule_name=identity "
                                           "--remove_extra_whitespaces=false --split_digits=true "
                                           "--allow_whitespace_only_pieces=true"},
                    Training{"no_prefix", "--model_type=unigram --add_dummy_prefix=false "
                                          "--normalization_rule_name=nfkc_cf"}),
    [](const auto &info) { return std::string(info.param.name); });

} // namespace
} // namespace weft::text::differential
