// Calls commands as a shell does.
#pragma once

#include "runtime/cli/Cli.h"

#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace weft::test {

struct Outcome {
  int code = -1;
  std::string out, error;
};

/// Runs `weft` in this process. `input` becomes standard input.
inline Outcome weft(std::vector<std::string> arguments, const std::string &input = "") {
  std::string name = ::testing::TempDir() + "weft-input-XXXXXX";
  const int file = mkstemp(name.data());
  EXPECT_EQ(write(file, input.data(), input.size()), ssize_t(input.size()));
  lseek(file, 0, SEEK_SET);
  const int before = dup(STDIN_FILENO);
  dup2(file, STDIN_FILENO);

  arguments.insert(arguments.begin(), "weft");
  std::vector<char *> pointers;
  for (std::string &argument : arguments)
    pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  Outcome outcome;
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  outcome.code = cli::main(int(arguments.size()), pointers.data());
  outcome.out = ::testing::internal::GetCapturedStdout();
  outcome.error = ::testing::internal::GetCapturedStderr();

  dup2(before, STDIN_FILENO);
  close(before);
  close(file);
  unlink(name.c_str());
  return outcome;
}

} // namespace weft::test
