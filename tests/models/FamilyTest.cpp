#include "tests/models/Models.h"

#include "mlir/Parser/Parser.h"

namespace weft {
namespace {

using namespace test;

TEST(Family, UnknownNamesItAndThoseThatAreKnown) {
  CheckpointContents contents = tinyLlama();
  contents.config["model_type"] = R"("mamba9")";
  expectContains(huggingFaceError(contents), {"'mamba9'", "gpt2, llama, mistral"});
  contents = tinyLlamaGguf();
  contents.config["general.architecture"] = R"("mistral")";
  expectContains(ggufError(contents), {"'mistral'", "gpt2, llama"});
}

TEST(Family, MistralIsALlama) {
  CheckpointContents contents = tinyLlama();
  contents.config["model_type"] = R"("mistral")";
  contents.config["sliding_window"] = "null";
  TemporaryDirectory folder;
  EXPECT_EQ(Model(contents.writeHuggingFace(folder)).info().family, "llama");
}

TEST(Family, TextIsSelfContained) {
  TemporaryDirectory folder;
  Model model(tinyLlamaGguf().writeGguf(folder));
  std::string text;
  llvm::raw_string_ostream out(text);
  model.module->print(out);
  auto parsed = mlir::parseSourceString<mlir::ModuleOp>(text, &model.context);
  ASSERT_TRUE(parsed);
  Result<ModelInfo> info = readModelInfo(*parsed);
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->weightCount, model.info().weightCount);
  EXPECT_EQ(info->config, model.info().config);
}

TEST(Family, SameInputSameText) {
  TemporaryDirectory folder;
  std::string path = tinyGpt2().writeHuggingFace(folder), texts[2];
  for (std::string &text : texts) {
    Model model(path);
    llvm::raw_string_ostream out(text);
    model.module->print(out, mlir::OpPrintingFlags().enableDebugInfo());
  }
  EXPECT_EQ(texts[0], texts[1]);
}

TEST(Family, ModuleWithoutInfo) {
  mlir::MLIRContext context;
  auto module =
      mlir::OwningOpRef<mlir::ModuleOp>(mlir::ModuleOp::create(mlir::UnknownLoc::get(&context)));
  Result<ModelInfo> info = readModelInfo(*module);
  ASSERT_FALSE(info.has_value());
  expectContains(info.error().message, {"'weft.family'"});
}

} // namespace
} // namespace weft
