#include "runtime/base/CacheFolder.h"

#include "tests/Shared.h"

#include <gtest/gtest.h>

namespace weft::test {
namespace {

class CacheFolderTest : public ::testing::Test {
protected:
  /// Sets a variable of the environment until the test ends; null removes it.
  void set(const char *name, const char *value) {
    const char *before = std::getenv(name);
    saved.emplace_back(name, before ? std::optional<std::string>(before) : std::nullopt);
    value ? ::setenv(name, value, 1) : ::unsetenv(name);
  }
  void SetUp() override {
    for (const char *name : {"WEFT_NO_CACHE", "XDG_CACHE_HOME", "HOME"})
      set(name, nullptr);
  }
  void TearDown() override {
    for (auto at = saved.rbegin(); at != saved.rend(); ++at)
      at->second ? ::setenv(at->first, at->second->c_str(), 1) : ::unsetenv(at->first);
  }

  TemporaryFolder folder;
  std::vector<std::pair<const char *, std::optional<std::string>>> saved;
};

TEST_F(CacheFolderTest, IsMadeWhereTheEnvironmentSays) {
  EXPECT_EQ(cacheFolder(), "");
  set("HOME", folder.path().c_str());
  EXPECT_EQ(cacheFolder(), folder.file(".cache/weft"));
  EXPECT_TRUE(std::filesystem::is_directory(folder.file(".cache/weft")));
  set("XDG_CACHE_HOME", "relative");
  EXPECT_EQ(cacheFolder(), folder.file(".cache/weft"));
  set("XDG_CACHE_HOME", folder.file("other").c_str());
  EXPECT_EQ(cacheFolder(), folder.file("other/weft"));
  EXPECT_EQ(cacheFolder(), folder.file("other/weft"));
}

TEST_F(CacheFolderTest, IsNoneWhereItCannotBeOrIsNotWanted) {
  set("HOME", folder.file("missing/deep").c_str());
  EXPECT_EQ(cacheFolder(), "");
  set("HOME", folder.path().c_str());
  set("WEFT_NO_CACHE", "1");
  EXPECT_EQ(cacheFolder(), "");
  set("WEFT_NO_CACHE", "");
  EXPECT_NE(cacheFolder(), "");
}

} // namespace
} // namespace weft::test
