// All of a file or nothing.
#include "SyntheticArtifact.h"

#include "tests/Shared.h"

#include <csignal>
#include <filesystem>
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace weft::test {
namespace {

using testing::HasSubstr;

size_t filesIn(const std::filesystem::path &folder) {
  return std::distance(std::filesystem::directory_iterator(folder), {});
}

SyntheticArtifact largeModel() {
  SyntheticArtifact model = additiveModel();
  model.weights.resize(1 << 20);
  return model;
}

TEST(ArtifactWriter, NothingIsLeftOfAnUnfinishedFile) {
  TemporaryFolder folder;
  std::string path = folder.file("model.weft");
  {
    auto writer = ArtifactWriter::create(path);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->append(std::vector<std::byte>(5000)));
    auto moved = std::move(*writer);
  }
  EXPECT_EQ(filesIn(folder.path()), 0u);
}

TEST(ArtifactWriter, ReplacesAWholeFileAndHonoursTheUmask) {
  TemporaryFolder folder;
  std::string path = folder.file("model.weft");
  writeFile(path, std::vector<std::byte>(100));
  mode_t before = ::umask(027);
  EXPECT_TRUE(additiveModel().write(path));
  ::umask(before);
  EXPECT_TRUE(Artifact::open(path));
  EXPECT_EQ(filesIn(folder.path()), 1u);
  struct stat info;
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640u);
}

TEST(ArtifactWriter, WritesToARelativePath) {
  TemporaryFolder folder;
  auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  EXPECT_TRUE(additiveModel().write("model.weft"));
  std::filesystem::current_path(before);
  EXPECT_TRUE(Artifact::open(folder.file("model.weft")));
}

TEST(ArtifactWriter, RefusesWhatIsNoFile) {
  TemporaryFolder folder;
  for (const std::string &path : {std::string("/dev/null"), folder.path().string()}) {
    auto writer = ArtifactWriter::create(path);
    ASSERT_FALSE(writer);
    EXPECT_THAT(writer.error().message, HasSubstr("'" + path + "': expected a regular file"));
  }
  auto writer = ArtifactWriter::create(folder.file("missing/model.weft"));
  ASSERT_FALSE(writer);
  EXPECT_THAT(writer.error().message, HasSubstr("missing/model.weft': No such file"));
}

TEST(ArtifactWriter, AFileSizeLimitIsAnErrorAndLeavesTheOldFile) {
  TemporaryFolder folder;
  std::string path = folder.file("model.weft");
  writeFile(path, std::vector<std::byte>(100));
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before;
  ::getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = {100000, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  auto written = largeModel().write(path);
  ::setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr(path + "': File too large (after 100000 bytes)"));
  EXPECT_EQ(readFile(path).size(), 100u);
  EXPECT_EQ(filesIn(folder.path()), 1u);
}

// What only root may set up happens in a process of its own, which says so if it may not.
constexpr int skipped = 77;

bool doneOrSkipped(int status) {
  return WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == skipped);
}

/// Mounts a file system of 128 KiB that only this process sees.
void mountSmallDisk(const std::string &folder) {
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=128k") != 0) {
    std::fprintf(stderr, "skipped");
    std::exit(skipped);
  }
}

[[noreturn]] void fillDisk(const std::string &folder) {
  mountSmallDisk(folder);
  auto written = largeModel().write(folder + "/model.weft");
  std::fprintf(stderr, "%s", written ? "written" : written.error().message.c_str());
  std::exit(filesIn(folder) == 0 ? 0 : 1);
}

TEST(ArtifactWriter, AFullDiskIsAnErrorAndLeavesNothing) {
  TemporaryFolder folder;
  EXPECT_EXIT(fillDisk(folder.path().string()), doneOrSkipped,
              "skipped|model.weft': No space left on device \\(after [0-9]+ bytes\\)");
}

/// Without /proc a nameless file cannot get a name, so it has one from the start.
[[noreturn]] void writeWithoutProc(const std::string &folder) {
  mountSmallDisk("/proc");
  std::string path = folder + "/model.weft";
  size_t during = 0;
  if (auto writer = ArtifactWriter::create(path))
    during = filesIn(folder);
  size_t after = filesIn(folder);
  bool written = additiveModel().write(path) && filesIn(folder) == 1 && Artifact::open(path);
  std::fprintf(stderr, "%zu during, %zu after, %s", during, after, written ? "written" : "failed");
  // Not std::exit(): the leak checker would want /proc.
  std::_Exit(0);
}

TEST(ArtifactWriter, ANamedTemporaryFileWhereItMustBe) {
  TemporaryFolder folder;
  EXPECT_EXIT(writeWithoutProc(folder.path().string()), doneOrSkipped,
              "skipped|1 during, 0 after, written");
}

} // namespace
} // namespace weft::test
