// A chat at the terminal, or over a pipe: lines in, replies out.
#pragma once

#include "runtime/cli/terminal/LineReader.h"
#include "runtime/complete/Conversation.h"

namespace weft::cli {

struct ChatLoopOptions {
  complete::TurnOptions turn;
  /// Whether what each reply took goes to standard error.
  bool timing = false;
  /// Whether a person is there: prompts, notes, errors that do not end the chat.
  bool interactive = false;
  bool colors = false;
};

/// Reads messages and commands until they end. Replies go to standard output, everything
/// else to standard error. What it is made of must outlive it.
class ChatLoop {
public:
  ChatLoop(complete::Conversation &conversation, Sampler &sampler, LineReader &lines,
           const ChatLoopOptions &options)
      : conversation(conversation), sampler(sampler), lines(lines), options(options) {}

  /// An ExitCode. Errors: those of reading and writing; without a person, those of replies.
  Result<int> run();

  /// What /help prints.
  static const char *help();

private:
  /// A whole message: lines that end with a backslash go on, lines between two of """ belong
  /// together.
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
