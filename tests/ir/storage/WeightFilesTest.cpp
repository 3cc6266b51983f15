#include "ir/storage/WeightFiles.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <thread>
#include <unistd.h>

using namespace weft;
using testing::HasSubstr;

namespace {

class WeightFilesTest : public testing::Test {
protected:
  void SetUp() override {
    directory = std::filesystem::temp_directory_path() /
                ("weft_weight_files_" + std::to_string(::getpid()));
    std::filesystem::create_directory(directory);
    std::ofstream(directory / "ten") << "0123456789";
  }
  void TearDown() override { std::filesystem::remove_all(directory); }

  std::filesystem::path directory;
};

TEST_F(WeightFilesTest, GivesTheBytes) {
  WeightFiles files(directory.string());
  auto bytes = files.read("ten", 3, 4);
  ASSERT_TRUE(bytes) << bytes.error().message;
  EXPECT_EQ(std::string(reinterpret_cast<const char *>(bytes->data()), bytes->size()), "3456");
  EXPECT_TRUE(files.read((directory / "ten").string(), 0, 10)) << "absolute paths";
  EXPECT_TRUE(files.read("ten", 10, 0)) << "nothing, at the end";
}

TEST_F(WeightFilesTest, ErrorsNameFileAndSizes) {
  WeightFiles files(directory.string());
  for (auto [offset, size] :
       {std::pair<uint64_t, uint64_t>{7, 4}, {11, 0}, {~0ull, 2}, {2, ~0ull}}) {
    auto bytes = files.read("ten", offset, size);
    ASSERT_FALSE(bytes);
    EXPECT_THAT(bytes.error().message,
                testing::AllOf(HasSubstr("ten"), HasSubstr(std::to_string(offset)),
                               HasSubstr(std::to_string(size)), HasSubstr("10 bytes")));
  }
  auto missing = files.read("eleven", 0, 1);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("eleven"));
}

TEST_F(WeightFilesTest, AnotherFileThanWasCheckedIsRefused) {
  std::string contents(100000, 'x');
  contents.replace(0, 6, "header");
  auto write = [&](const std::string &text) { std::ofstream(directory / "weights") << text; };
  FileCheck check = FileCheck::of(std::as_bytes(std::span(contents)), 6);
  EXPECT_EQ(check.size, 100000u);
  EXPECT_EQ(check.header, 6u);
  auto read = [&] { return WeightFiles(directory.string()).read("weights", 10, 4, check); };

  write(contents);
  EXPECT_TRUE(read());
  std::string other = contents;
  other[3] = 'D';
  write(other);
  ASSERT_FALSE(read());
  EXPECT_THAT(read().error().message, HasSubstr("'weights' is not the file that was imported"));
  // Weights of the same shape under the same header.
  write("header" + std::string(contents.size() - 6, 'y'));
  ASSERT_FALSE(read());
  write(contents + "x");
  ASSERT_FALSE(read());
  EXPECT_THAT(read().error().message, HasSubstr("expected 100000 bytes, found 100001"));
  // Who has no check takes what is there.
  EXPECT_TRUE(WeightFiles(directory.string()).read("weights", 10, 4));
}

TEST_F(WeightFilesTest, ChecksOfSmallFiles) {
  const std::string text = "0123456789";
  auto bytes = std::as_bytes(std::span(text));
  for (uint64_t header : {0, 4, 10, 11})
    for (size_t changed = 0; changed < text.size(); ++changed) {
      std::string other = text;
      other[changed] = 'x';
      EXPECT_NE(FileCheck::of(bytes, header).hash,
                FileCheck::of(std::as_bytes(std::span(other)), header).hash)
          << header << " " << changed;
    }
}

TEST_F(WeightFilesTest, InsideMeansTheFolderOnceLinksAreFollowed) {
  namespace fs = std::filesystem;
  fs::create_directories(directory / "module" / "deeper");
  std::ofstream(directory / "module" / "deeper" / "in") << "in";
  fs::create_symlink("deeper/in", directory / "module" / "link");
  fs::create_symlink("../ten", directory / "module" / "away");
  std::ofstream(directory / "module-2") << "beside";
  WeightFiles files((directory / "module").string(), WeightFiles::Access::Inside);
  for (const std::string &name :
       {std::string("deeper/in"), std::string("link"), std::string("deeper/../link"),
        (directory / "module" / "link").string()})
    EXPECT_TRUE(files.read(name, 0, 2)) << name;
  for (const std::string &name :
       {std::string("../ten"), std::string("away"), std::string("../module-2"),
        std::string("/etc/passwd"), (directory / "ten").string()}) {
    auto bytes = files.read(name, 0, 2);
    ASSERT_FALSE(bytes) << name;
    EXPECT_THAT(bytes.error().message,
                testing::AllOf(HasSubstr("'" + name + "' is outside of the module's folder"),
                               HasSubstr("--allow-source")));
  }
}

TEST_F(WeightFilesTest, AnyThreadMayRead) {
  WeightFiles files(directory.string());
  std::vector<std::thread> threads;
  std::vector<const std::byte *> found(4);
  for (size_t i = 0; i < found.size(); ++i)
    threads.emplace_back([&, i] { found[i] = files.read("ten", 0, 10)->data(); });
  for (std::thread &thread : threads)
    thread.join();
  for (const std::byte *data : found)
    EXPECT_EQ(data, found[0]) << "mapped once";
}

} // namespace
