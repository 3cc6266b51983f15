// Where a file may be put, and what is left when it is not finished.
#include "tests/runtime/artifact/SyntheticArtifact.h"

#include "runtime/base/NewFile.h"
#include "tests/Shared.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weft::test {
namespace {

using testing::HasSubstr;

size_t filesIn(const std::filesystem::path &folder) {
  return std::distance(std::filesystem::directory_iterator(folder), {});
}

std::string textOf(const std::string &path) {
  const auto bytes = readFile(path);
  return std::string(reinterpret_cast<const char *>(bytes.data()), bytes.size());
}

TEST(NewFile, IsThereWhenItIsWhole) {
  TemporaryFolder folder;
  const std::string path = folder.file("a.txt");
  ASSERT_TRUE(writeNewFile(path, "old"));
  auto file = NewFile::create(path);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->append("a new "));
  ASSERT_TRUE(file->append("one"));
  EXPECT_EQ(textOf(path), "old");
  ASSERT_TRUE(file->publish());
  EXPECT_EQ(textOf(path), "a new one");
  EXPECT_EQ(filesIn(folder.path()), 1u);
}

TEST(NewFile, TakesThePlaceOfNoDeviceAndNoPipe) {
  TemporaryFolder folder;
  const std::string pipe = folder.file("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  for (const std::string &path : {std::string("/dev/full"), pipe, folder.path().string()}) {
    auto written = writeNewFile(path, "text");
    ASSERT_FALSE(written) << path;
    EXPECT_THAT(written.error().message, HasSubstr("'" + path + "': expected a regular file"));
  }
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
}

TEST(NewFile, LeavesASymbolicLinkWhereItIs) {
  TemporaryFolder folder;
  const std::string link = folder.file("link"), file = folder.file("elsewhere/file");
  std::filesystem::create_directory(folder.file("elsewhere"));
  ASSERT_TRUE(writeNewFile(file, "old"));
  std::filesystem::create_symlink("elsewhere/file", link);
  ASSERT_TRUE(writeNewFile(link, "new"));
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(textOf(file), "new");
}

[[noreturn]] void dieWriting(const std::string &folder) {
  auto file = NewFile::create(folder + "/a.txt");
  const bool nameless = file && file->append("text") && filesIn(folder) == 0;
  std::_Exit(nameless ? 0 : 1); // as a signal would end it
}

TEST(NewFile, NothingIsLeftOfAProcessThatDied) {
  TemporaryFolder folder;
  EXPECT_EXIT(dieWriting(folder.path().string()), testing::ExitedWithCode(0), "");
  EXPECT_EQ(filesIn(folder.path()), 0u);
}

[[noreturn]] void writeWithoutStandardOutput(const std::string &path) {
  ::close(STDOUT_FILENO);
  auto file = NewFile::create(path);
  const bool kept =
      file && ::write(STDOUT_FILENO, "noise", 5) < 0 && file->append("text") && file->publish();
  std::_Exit(kept ? 0 : 1);
}

TEST(NewFile, IsNotTakenForAStreamThatIsClosed) {
  TemporaryFolder folder;
  EXPECT_EXIT(writeWithoutStandardOutput(folder.file("a.txt")), testing::ExitedWithCode(0), "");
  EXPECT_EQ(textOf(folder.file("a.txt")), "text");
}

} // namespace
} // namespace weft::test
