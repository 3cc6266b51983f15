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
  /// Starts `command` with pipes at its standard input and output. `name` is for messages. Errors:
  /// a process or pipe cannot be created. A program that cannot be started is an error of the first
  /// step.
  static Result<Side> start(std::string name, const std::vector<std::string> &command);
  Side(Side &&other) noexcept;
  Side(const Side &) = delete;
  Side &operator=(const Side &) = delete;
  /// Closes the process's standard input, which ends it, and waits; kills it after ten seconds.
  ~Side();

  /// Runs `count` steps (at least 1) and returns the seconds they took. All lines are sent at once,
  /// so that there is no wait between steps. The result is the sum of the answers if they are
  /// numbers, and otherwise the time from the first line sent to the last answer received. Errors:
  /// the process ended, or does not answer for ten minutes.
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
