// What a model writes cannot steer a terminal.
#include "runtime/cli/terminal/VisibleText.h"

#include <gtest/gtest.h>

using weft::cli::visibleText;

namespace {

TEST(VisibleText, ShowsWhatATerminalObeys) {
  EXPECT_EQ(visibleText("a\x1b[31mb\x1b]0;title\x07"), "a\\u001B[31mb\\u001B]0;title\\u0007");
  EXPECT_EQ(visibleText(std::string_view("\0\x7f\b", 3)), "\\u0000\\u007F\\u0008");
  EXPECT_EQ(visibleText("\u009b31m\u0085"), "\\u009B31m\\u0085"); // C1
}

TEST(VisibleText, LeavesTheRest) {
  EXPECT_EQ(visibleText("Zoë\t\u00a0\u0410 \U0001f600\n"), "Zoë\t\u00a0\u0410 \U0001f600\n");
  EXPECT_EQ(visibleText("a\r\nb\r"), "a\nb");
  EXPECT_EQ(visibleText("\xc2"), "\xc2");
  EXPECT_EQ(visibleText("\x9b\xff"), "\x9b\xff");
}

} // namespace
