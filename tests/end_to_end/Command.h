// Runs the programs as a person would.
#pragma once

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

/// Runs a line of sh; standard error goes to a file in `folder` on the way.
inline CommandResult runCommand(const std::string &folder, const std::string &line) {
  std::string errors = folder + "/stderr";
  CommandResult result;
  FILE *pipe = ::popen(("( " + line + " ) 2>" + errors).c_str(), "r");
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

} // namespace weft::test
