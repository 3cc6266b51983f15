// Lines that a person types, or a pipe gives.
#pragma once

#include "runtime/base/Error.h"

#include <memory>
#include <string>

namespace weft::cli {

struct Line {
  enum class Kind { Text, End, Interrupted };
  Kind kind = Kind::End;
  /// Without the newline, or the carriage return and newline.
  std::string text;
};

class LineReader {
public:
  virtual ~LineReader() = default;
  /// The next line of standard input. Errors: it cannot be read, or a line is too long.
  virtual Result<Line> read(const std::string &prompt) = 0;
};

/// Where standard input and output are a terminal.
bool isInteractive();

/// A terminal's lines, with editing and a history that is kept in `historyFile` (empty:
/// nowhere). Ctrl-C is Interrupted while an Interrupt lives. At most one at a time. Changes
/// the character type of the process's locale to UTF-8.
std::unique_ptr<LineReader> makeEditedLines(const std::string &historyFile);
/// Lines of a pipe or a file; writes no prompt.
std::unique_ptr<LineReader> makePlainLines();

/// $XDG_STATE_HOME/weft/NAME, by default below ~/.local/state; its folders are made. Errors:
/// they cannot be, or there is no home.
Result<std::string> stateFile(const std::string &name);

} // namespace weft::cli
