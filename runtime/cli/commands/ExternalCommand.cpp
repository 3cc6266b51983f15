#include "runtime/cli/commands/ExternalCommand.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace weft::cli {

std::string becomeProgram(const std::string &name, char **argv) {
  std::error_code error;
  auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error)
    return fmt::format("cannot find the folder of this program: {}", error.message());
  const std::string program = (self.parent_path() / ("weft-" + name)).string();
  std::signal(SIGPIPE, SIG_DFL);
  ::execv(program.c_str(), argv + 1);
  return fmt::format("cannot start '{}', which comes with the compiler: {}", program,
                     std::strerror(errno));
}

} // namespace weft::cli
