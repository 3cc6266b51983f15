// Backends use the interface and nothing else of Weft.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>

namespace weft::test {
namespace {

namespace files = std::filesystem;

/// A side of a backend: its folder, and the one header of Weft that it may include.
struct Side {
  std::string folder, header;
};

void PrintTo(const Side &side, std::ostream *to) { *to << side.folder; }

class Interface : public ::testing::TestWithParam<Side> {};

INSTANTIATE_TEST_SUITE_P(OfBackends, Interface,
                         ::testing::Values(Side{"backends/cpu", "backends/Backend.h"},
                                           Side{"backends/vulkan", "backends/Backend.h"},
                                           Side{"runtime/device/cpu", "runtime/device/Device.h"},
                                           Side{"runtime/device/vulkan", "runtime/device/Device.h"}),
                         [](const auto &info) {
                           return std::regex_replace(info.param.folder, std::regex("/"), "_");
                         });

TEST_P(Interface, IsAllThatABackendIncludes) {
  const files::path root = WEFT_SOURCE_DIR;
  const auto &[folder, header] = GetParam();
  if (!files::exists(root / folder))
    GTEST_SKIP() << "there is no " << folder;
  // What its two sides have of their own: the form of its code.
  const std::string otherSide = "runtime/device/" + files::path(folder).filename().string() + "/";
  const std::regex include("^ *# *include *[\"<]([^\">]*)[\">]");
  size_t seen = 0;
  for (const auto &entry : files::recursive_directory_iterator(root / folder)) {
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      std::smatch match;
      if (!std::regex_search(line, match, include))
        continue;
      const std::string included = match[1];
      const bool ours = files::exists(root / included) || files::exists(entry.path().parent_path() / included) ||
                        included.find("_generated") != std::string::npos;
      if (ours)
        EXPECT_TRUE(included == header || included.starts_with(folder + "/") || included.starts_with(otherSide))
            << entry.path() << " includes " << included;
      seen += included == header;
    }
  }
  EXPECT_GT(seen, 0u);
}

} // namespace
} // namespace weft::test
