// Runs the programs as a person would.
#pragma once

#include "tests/Shared.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/wait.h>

namespace weft::test {

struct CommandResult {
  /// Exit code; 128 plus the number of the signal that ended it.
  int code = -1;
  std::string out, err;
};

inline std::string readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline void writeFile(const std::string &path, const std::string &text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// Runs a line of sh in `folder`; standard error goes to a file there on the way.
inline CommandResult runCommand(const std::string &folder, const std::string &line) {
  std::string errors = folder + "/stderr";
  CommandResult result;
  FILE *pipe = ::popen(("( cd " + folder + " || exit 99; " + line + " ) 2>" + errors).c_str(), "r");
  if (!pipe)
    return result;
  std::array<char, 4096> buffer;
  while (size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
    result.out.append(buffer.data(), count);
  int status = ::pclose(pipe);
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.err = readFile(errors);
  return result;
}

/// The programs as built.
inline const std::string weftc = WEFT_COMPILER, weft = WEFT_RUNTIME, weftOpt = WEFT_OPT;
inline const std::string demo = WEFT_SOURCE_DIR "/models/demo";

/// A test that runs the programs, in a folder of its own.
class CommandTest : public ::testing::Test {
protected:
  CommandResult run(const std::string &line) { return runCommand(folder.path().string(), line); }

  /// Runs what should work; its standard output.
  std::string runWell(const std::string &line) {
    CommandResult result = run(line);
    EXPECT_EQ(result.code, 0) << line << "\n" << result.err;
    return result.out;
  }

  void compileModel(const std::string &checkpoint, const std::string &options = "") {
    CommandResult result = run(weftc + " " + checkpoint + " -o " + artifact + " " + options);
    ASSERT_EQ(result.code, 0) << result.err;
  }

  /// The .npy file with the logits of some ids.
  std::string logitsOf(const std::string &ids, const std::string &options = "") {
    std::string file = folder.file("logits.npy");
    std::filesystem::remove(file);
    runWell(weft + " eval " + artifact + " --tokens " + ids + " --logits " + file + " " + options);
    return readFile(file);
  }

  TemporaryFolder folder;
  const std::string artifact = folder.file("model.weft");
};

} // namespace weft::test
