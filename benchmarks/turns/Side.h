// One of the two programs that take turns.
#pragma once

#include "runtime/base/Error.h"

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace weft::turns {

/// A process that does one step for each line that it reads from standard input, and then writes a
/// line: the seconds that the step took by its own clock, or anything else (README.md).
class Side {
public:
  /// Starts `command` with pipes at its standard input and output. `name` is for messages.
  /// Errors: no process or pipe is to be had. That a program cannot be started shows at the
  /// first step.
  static Result<Side> start(std::string name, const std::vector<std::string> &command);
  Side(Side &&other) noexcept;
  Side(const Side &) = delete;
  Side &operator=(const Side &) = delete;
  /// Closes its standard input, which ends it, and waits for that; after ten seconds kills it.
  ~Side();

  /// Seconds that `count` steps (at least 1) one right after the other took. All lines go out
  /// at once, so that nothing is waited for between steps. The sum of what the answers say
  /// where they are numbers; else from the first line out to the last answer in.
  /// Errors: the process ended, or does not answer for ten minutes.
  Result<double> steps(uint64_t count);

private:
  Side() = default;
  Result<std::string> readLine();

  std::string name;
  pid_t process = -1;
  int input = -1, output = -1;
  std::string unread;
};

} // namespace weft::turns
