// Reads lines from a terminal or a pipe.
#pragma once

#include "runtime/base/Error.h"

#include <memory>
#include <string>

namespace weft::cli {

/// A line, the end of the input, or Ctrl-C.
struct Line {
  enum class Kind { Text, End, Interrupted };
  Kind kind = Kind::End;
  /// The line without its newline, or carriage return and newline.
  std::string text;
};

/// A source of lines. Not thread-safe.
class LineReader {
public:
  virtual ~LineReader() = default;
  /// Returns the next line of standard input, showing `prompt` at a terminal. Errors: it cannot be
  /// read, or the line is too long.
  virtual Result<Line> read(const std::string &prompt) = 0;
};

/// Says whether standard input and output are a terminal.
bool isInteractive();

/// Reads lines from a terminal, with editing and a history that is stored in `historyFile` (empty:
/// not stored). Ctrl-C returns Line::Kind::Interrupted while an Interrupt object exists. At most
/// one reader at a time. Sets the process's locale to UTF-8 characters.
std::unique_ptr<LineReader> makeEditedLines(const std::string &historyFile);
/// Reads lines from a pipe or a file; shows no prompt.
std::unique_ptr<LineReader> makePlainLines();

/// Returns $XDG_STATE_HOME/weft/NAME (by default below ~/.local/state) and creates its folders.
/// Errors: they cannot be created, or there is no home folder.
Result<std::string> stateFile(const std::string &name);

} // namespace weft::cli
