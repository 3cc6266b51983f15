#include "runtime/cli/report/Npy.h"
#include "tests/Shared.h"
#include "tests/runtime/artifact/SyntheticArtifact.h"

#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>

using namespace weft;
using namespace weft::cli;

namespace {

size_t filesIn(const test::TemporaryFolder &folder) {
  using Iterator = std::filesystem::directory_iterator;
  return size_t(std::distance(Iterator(folder.path()), Iterator()));
}

TEST(NpyHeader, IsVersionOneAndAligned) {
  for (uint64_t rows : {uint64_t(1), uint64_t(12345), uint64_t(1) << 40}) {
    const std::string header = npyHeader(rows, 32000);
    EXPECT_EQ(header.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
    EXPECT_EQ(header.size() % 64, 0u);
    const size_t length = uint8_t(header[8]) + 256u * uint8_t(header[9]);
    EXPECT_EQ(length + 10, header.size());
    EXPECT_EQ(header.back(), '\n');
    const std::string fields = "{'descr': '<f4', 'fortran_order': False, 'shape': (" +
                               std::to_string(rows) + ", 32000), }";
    EXPECT_EQ(header.substr(10, fields.size()), fields);
  }
}

TEST(NpyWriter, WritesTheRows) {
  test::TemporaryFolder folder;
  const std::string path = folder.file("a.npy");
  auto writer = NpyWriter::create(path, 2, 3);
  ASSERT_TRUE(writer) << writer.error().message;
  ASSERT_TRUE(writer->append(std::vector<float>{1, -2, 0.5f}));
  ASSERT_TRUE(writer->append(std::vector<float>{3, 4, 1e30f}));
  EXPECT_FALSE(std::filesystem::exists(path));
  ASSERT_TRUE(writer->finish());

  const auto bytes = test::readFile(path);
  const std::string header = npyHeader(2, 3);
  ASSERT_EQ(bytes.size(), header.size() + 24);
  EXPECT_EQ(std::memcmp(bytes.data(), header.data(), header.size()), 0);
  float numbers[6];
  std::memcpy(numbers, bytes.data() + header.size(), sizeof numbers);
  EXPECT_EQ(std::vector<float>(numbers, numbers + 6),
            (std::vector<float>{1, -2, 0.5f, 3, 4, 1e30f}));
  EXPECT_EQ(filesIn(folder), 1u);
}

TEST(NpyWriter, LeavesNothingUnfinished) {
  test::TemporaryFolder folder;
  {
    auto writer = NpyWriter::create(folder.file("a.npy"), 2, 3);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->append(std::vector<float>{1, 2, 3}));
  }
  EXPECT_EQ(filesIn(folder), 0u);
}

TEST(NpyWriter, NamesAFolderThatIsNotThere) {
  auto writer = NpyWriter::create("/nowhere/a.npy", 1, 1);
  ASSERT_FALSE(writer);
  EXPECT_NE(writer.error().message.find("/nowhere/a.npy"), std::string::npos);
}

} // namespace
