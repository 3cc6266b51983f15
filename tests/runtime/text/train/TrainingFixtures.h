// Corpora to train on.
#pragma once

#include "runtime/text/train/Train.h"
#include "tests/Shared.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace weft::text {

inline const TrainingProgress silent = [](std::string_view, double) {};

/// The corpus that the literature explains BPE with.
inline const std::string article = "low low low low low\n"
                                   "lowest lowest\n"
                                   "newer newer newer newer newer newer\n"
                                   "wider wider wider\n";

class TrainingTest : public testing::Test {
protected:
  std::string write(const std::string &name, const std::string &text) {
    const std::string path = folder.file(name);
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  static TrainingOptions options(ModelKind model, size_t vocabulary) {
    TrainingOptions options;
    options.model = model;
    options.vocabulary = vocabulary;
    options.threads = 2;
    if (model == ModelKind::Bpe)
      options.wordEnd = "</w>";
    return options;
  }

  static TrainedTokenizer train(const std::vector<std::string> &files,
                                const TrainingOptions &options) {
    auto trained = trainTokenizer(files, options, silent);
    if (!trained) {
      ADD_FAILURE() << trained.error().message;
      return {};
    }
    return std::move(*trained);
  }

  static std::string errorOf(const std::vector<std::string> &files,
                             const TrainingOptions &options) {
    auto trained = trainTokenizer(files, options, silent);
    return trained ? "no error" : trained.error().message;
  }

  weft::test::TemporaryFolder folder;
};

/// Weft's own prose, some 100 kB.
inline std::vector<std::string> prose() {
  std::vector<std::string> files;
  for (const char *name :
       {"architecture.md", "artifact.md", "ops.md", "passes.md", "performance.md"})
    files.push_back(WEFT_SOURCE_DIR "/docs/" + std::string(name));
  return files;
}

inline const ModelKind allModels[] = {ModelKind::Bpe, ModelKind::ByteBpe, ModelKind::WordPiece,
                                      ModelKind::Unigram};

/// What a test over all models calls each.
inline std::string nameOfModel(const testing::TestParamInfo<ModelKind> &info) {
  const char *names[] = {"Bpe", "ByteBpe", "WordPiece", "Unigram"};
  return names[static_cast<int>(info.param)];
}

} // namespace weft::text
