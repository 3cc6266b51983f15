// The runtime is small and stands alone.

#include "tests/Shared.h"
#include "tests/end_to_end/Command.h"

#include <gmock/gmock.h>

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
  CommandResult done =
      runCommand(folder.path().string(),
                 "for tool in strip llvm-strip llvm-strip-22; do command -v $tool >/dev/null && "
                 "exec $tool -o " +
                     stripped + " " WEFT_RUNTIME "; done; exit 1");
  ASSERT_EQ(done.code, 0) << done.err;
  RecordProperty("stripped_bytes", std::to_string(std::filesystem::file_size(stripped)));
  std::printf("  %ju bytes\n", std::filesystem::file_size(stripped));
  EXPECT_LT(std::filesystem::file_size(stripped), 3u << 20);
}

} // namespace
} // namespace weft::test
