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
