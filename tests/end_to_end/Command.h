// Runs the programs as a person would.
#pragma once

#include "tests/Shared.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
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

/// Copies the artifact of a checkpoint, given by its full path, from a folder that the processes of
/// this suite share to `output`; compiles it where it is not there, or was made by another build.
inline CommandResult compileOnce(const std::string &checkpoint, const std::string &options,
                                 const std::string &output) {
  namespace files = std::filesystem;
  auto changed = [](const files::path &path) {
    return files::last_write_time(path).time_since_epoch().count();
  };
  auto build = changed(weftc);
  for (const auto &plugin : files::directory_iterator(WEFT_BUILD_DIR "/lib/weft"))
    build = std::max(build, changed(plugin.path()));
  const files::path all = WEFT_BUILD_DIR "/tests/compiled", ours = all / std::to_string(build);
  std::error_code ignored;
  if (files::create_directories(ours, ignored))
    for (const auto &other : files::directory_iterator(all))
      if (other.path() != ours)
        files::remove_all(other.path(), ignored);
  const std::string of = checkpoint + '\n' + options + '\n' + std::to_string(changed(checkpoint));
  const std::string kept = ours / (std::to_string(std::hash<std::string>()(of)) + ".weft");
  // Whoever comes second waits; weftc itself gives the file its name when it is whole.
  CommandResult result =
      runCommand(files::path(output).parent_path(),
                 "exec 9>" + kept + ".lock && flock 9 && { [ -e " + kept + " ] || " + weftc + " " +
                     checkpoint + " -o " + kept + " " + options + "; }");
  if (result.code == 0) {
    // What was there may be mapped: it stays for those who have it open.
    files::remove(output);
    files::copy_file(kept, output);
  }
  return result;
}

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

  /// Puts the artifact of a checkpoint in place, which is compiled by the first test that asks:
  /// for tests that are about what a model does, not about compiling it. The options name no file.
  void takeModel(const std::string &checkpoint, const std::string &options = "") {
    CommandResult result = compileOnce(checkpoint, options, artifact);
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
