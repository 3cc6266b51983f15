// Offsets beyond 4 GB, in files that are almost only holes.
#include "Files.h"

#include <fcntl.h>
#include <unistd.h>

namespace weft {
namespace {

/// Writes `head`, a hole up to `tailAt`, and `tail`; false where the disk refuses.
bool writeSparse(const std::string &path, const std::string &head, uint64_t tailAt,
                 const std::string &tail) {
  int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0)
    return false;
  auto put = [&](const std::string &bytes, uint64_t at) {
    return ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(at)) ==
           static_cast<ssize_t>(bytes.size());
  };
  bool written = ::ftruncate(fd, static_cast<off_t>(tailAt + tail.size())) == 0 && put(head, 0) &&
                 put(tail, tailAt);
  return ::close(fd) == 0 && written;
}

constexpr uint64_t columns = 1'100'000'032, hole = columns * 4;

TEST(LargeFiles, Safetensors) {
  test::TemporaryDirectory directory;
  std::string at = std::to_string(hole), end = std::to_string(hole + 8);
  std::string head = test::safetensors(
      R"({"big":{"dtype":"F32","shape":[)" + std::to_string(columns) + R"(],"data_offsets":[0,)" +
          at + R"(]},"small":{"dtype":"F32","shape":[2],"data_offsets":[)" + at + "," + end + "]}}",
      "");
  std::string tail = test::raw<float>(1.25f) + test::raw<float>(-2);
  directory.write("config.json", R"({"model_type":"x"})");
  if (!writeSparse(directory.file("model.safetensors"), head, head.size() + hole, tail))
    GTEST_SKIP() << "cannot write a sparse file of 4.4 GB in " << directory.path;
  auto checkpoint = test::open(directory.path);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(test::bytesOf(checkpoint->tensors().at("small")), tail);
  EXPECT_EQ(checkpoint->tensors().at("big").data.size(), hole);
}

TEST(LargeFiles, Gguf) {
  test::TemporaryDirectory directory;
  std::string head =
      test::smallGguf().describe("big", {columns}, 0, 0).describe("small", {2}, 0, hole).finish();
  static_assert(hole % 32 == 0);
  std::string tail = test::raw<float>(1.25f) + test::raw<float>(-2);
  if (!writeSparse(directory.file("m.gguf"), head, head.size() + hole, tail))
    GTEST_SKIP() << "cannot write a sparse file of 4.4 GB in " << directory.path;
  auto checkpoint = test::open(directory.file("m.gguf"));
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(test::bytesOf(checkpoint->tensors().at("small")), tail);
  EXPECT_EQ(checkpoint->tensors().at("small").offset, head.size() + hole);
}

} // namespace
} // namespace weft
