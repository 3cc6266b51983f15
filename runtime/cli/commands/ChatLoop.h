// A chat at the terminal, or over a pipe: lines in, replies out.
#pragma once

#include "runtime/cli/terminal/LineReader.h"
#include "runtime/complete/Conversation.h"

namespace weft::cli {

/// Options of a chat.
struct ChatLoopOptions {
  complete::TurnOptions turn;
  /// Whether to write the time and tokens of each reply to standard error.
  bool timing = false;
  /// Whether a person is at a terminal: if so, prompts and notes are written, and errors do not end
  /// the chat.
  bool interactive = false;
  bool colors = false;
};

/// Reads messages and commands until the input ends. Replies go to standard output, everything else
/// to standard error. The constructor's references must outlive it.
class ChatLoop {
public:
  ChatLoop(complete::Conversation &conversation, Sampler &sampler, LineReader &lines,
           const ChatLoopOptions &options)
      : conversation(conversation), sampler(sampler), lines(lines), options(options) {}

  /// Runs the chat and returns an ExitCode. Errors: those of reading and writing; if not
  /// interactive, also those of replies.
  Result<int> run();

  /// Returns the text that /help prints.
  static const char *help();

private:
  /// Reads a whole message: a line that ends with a backslash continues on the next one, and lines
  /// between two lines of """ belong together.
  Result<Line> readMessage();
  Result<void> append(Line &message, const char *prompt, bool quoted);
  Result<void> handle(const std::string &message);
  Result<void> reply(std::string message);
  Result<void> obey(const std::string &command, std::string argument);
  Result<void> save(const std::string &path);
  std::string colored(const char *prompt) const;
  void note(const std::string &text) const;

  complete::Conversation &conversation;
  Sampler &sampler;
  LineReader &lines;
  ChatLoopOptions options;
  bool ended = false, interrupted = false;
};

} // namespace weft::cli
