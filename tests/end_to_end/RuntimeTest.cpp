// The runtime is small and stands alone.

#include "tests/Shared.h"
#include "tests/end_to_end/Command.h"

#include <gmock/gmock.h>

#include <regex>

namespace weft::test {
namespace {

TEST(Runtime, LinksNothingOfTheCompiler) {
  TemporaryFolder folder;
  CommandResult result = runCommand(folder.path().string(), "ldd " WEFT_RUNTIME);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, ::testing::Not(::testing::ContainsRegex("LLVM|MLIR|[cC]lang")));
}

TEST(Runtime, IsBelowThreeMebibytesStripped) {
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
  GTEST_SKIP() << "sanitizers are not part of the runtime";
#endif
  TemporaryFolder folder;
  std::string stripped = folder.file("weft");
  CommandResult done = runCommand(folder.path().string(), "for tool in strip llvm-strip llvm-strip-22; do command -v $tool >/dev/null && "
                                                          "exec $tool -o " + stripped + " " WEFT_RUNTIME "; done; exit 1");
  ASSERT_EQ(done.code, 0) << done.err;
  RecordProperty("stripped_bytes", std::to_string(std::filesystem::file_size(stripped)));
  std::printf("  %ju bytes\n", std::filesystem::file_size(stripped));
  EXPECT_LT(std::filesystem::file_size(stripped), 3u << 20);
}

/// Includes from the top of the tree in the sources below `room`, with the file.
void expectIncludesOnly(const std::string &room, const std::regex &allowed) {
  std::regex include("#include \"([^\"]+)\"");
  for (const auto &entry : std::filesystem::recursive_directory_iterator(WEFT_SOURCE_DIR "/" + room)) {
    if (entry.path().extension() != ".h" && entry.path().extension() != ".cpp")
      continue;
    std::string text = readFile(entry.path().string());
    for (std::sregex_iterator i(text.begin(), text.end(), include), end; i != end; ++i)
      EXPECT_TRUE(std::regex_match((*i)[1].str(), allowed)) << entry.path() << " includes " << (*i)[1];
  }
}

TEST(Runtime, IncludesNothingOfTheCompiler) {
  expectIncludesOnly("runtime", std::regex("runtime/.*"));
}

TEST(Backends, DoNotReachBack) {
  expectIncludesOnly("backends", std::regex("(backends|ir|passes|runtime/artifact|runtime/device|mlir|llvm)/.*"));
}

} // namespace
} // namespace weft::test
