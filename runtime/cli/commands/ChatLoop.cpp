#include "runtime/cli/commands/ChatLoop.h"

#include "runtime/base/NewFile.h"
#include "runtime/cli/Cli.h"
#include "runtime/cli/report/Json.h"

#include <fmt/format.h>

namespace weft::cli {

namespace {

constexpr const char *quotes = "\"\"\"";

double rate(uint64_t tokens, double seconds) { return seconds > 0 ? double(tokens) / seconds : 0; }

} // namespace

const char *ChatLoop::help() {
  return "/help          show this help\n"
         "/reset         forget the conversation, keep the system prompt\n"
         "/system TEXT   set the system prompt (without TEXT: show it)\n"
         "/save FILE     write the conversation as JSON\n"
         "/exit          end the chat, as Ctrl-D does\n"
         "A line that ends with \\ continues on the next one; lines between two lines of \"\"\"\n"
         "are one message. Write // for a message that begins with /. Ctrl-C stops a reply.\n";
}

std::string ChatLoop::colored(const char *prompt) const {
  return options.colors ? fmt::format("\1\x1b[1;32m\1{}\1\x1b[0m\1", prompt) : prompt;
}

void ChatLoop::note(const std::string &text) const {
  writeError(options.colors ? fmt::format("\x1b[2m{}\x1b[0m\n", text) : text + "\n");
}

/// Lines into `message` as long as it goes on.
Result<void> ChatLoop::append(Line &message, const char *prompt, bool quoted) {
  while (quoted || message.text.ends_with('\\')) {
    auto next = lines.read(colored(prompt));
    if (!next)
      return failFrom(next);
    if (next->kind == Line::Kind::Interrupted)
      message.kind = Line::Kind::Interrupted;
    if (next->kind != Line::Kind::Text || (quoted && next->text == quotes))
      return {};
    if (!quoted)
      message.text.pop_back();
    if (!quoted || !message.text.empty())
      message.text += '\n';
    message.text += next->text;
  }
  return {};
}

Result<Line> ChatLoop::readMessage() {
  Interrupt interrupt(options.interactive ? Interrupt::Again::IsNoted
                                          : Interrupt::Again::EndsTheProcess);
  auto message = lines.read(colored("> "));
  if (!message || message->kind != Line::Kind::Text)
    return message;
  const bool quoted = message->text == quotes;
  if (quoted)
    message->text.clear();
  if (auto read = append(*message, ". ", quoted); !read)
    return failFrom(read);
  return message;
}

Result<int> ChatLoop::run() {
  while (!ended && !outputClosed()) {
    auto message = readMessage();
    if (!message)
      return failFrom(message);
    if (message->kind == Line::Kind::Interrupted) {
      note("\n(Ctrl-D ends the chat)");
      continue;
    }
    if (message->kind == Line::Kind::End) {
      if (options.interactive)
        writeError("\n");
      break;
    }
    auto handled = handle(message->text);
    if (interrupted && !options.interactive)
      return exitInterrupted;
    if (handled)
      continue;
    if (!options.interactive)
      return failFrom(handled);
    writeError("weft: " + handled.error().message + "\n");
  }
  return exitDone;
}

Result<void> ChatLoop::handle(const std::string &message) {
  if (message.find_first_not_of(" \t\n") == std::string::npos)
    return {};
  if (!message.starts_with('/'))
    return reply(message);
  if (message.starts_with("//"))
    return reply(message.substr(1));
  const size_t space = std::min(message.find_first_of(" \n"), message.size());
  const size_t argument = std::min(message.find_first_not_of(" \n", space), message.size());
  return obey(message.substr(0, space), message.substr(argument));
}

Result<void> ChatLoop::reply(std::string message) {
  Interrupt interrupt(Interrupt::Again::IsNoted);
  bool wrote = false;
  complete::CompletionCallbacks callbacks;
  callbacks.onText = [&](uint64_t, std::string_view piece) {
    wrote = true;
    return writeText(piece);
  };
  callbacks.keepGoing = [] { return !outputClosed() && !Interrupt::requested(); };
  auto given = conversation.say(std::move(message), sampler, options.turn, callbacks);
  interrupted = Interrupt::requested();
  if (!given && wrote)
    (void)writeOutput("\n"); // the error line should not hang on to the text
  if (!given)
    return failFrom(given);
  if (auto written = writeOutput("\n"); !written)
    return written;
  const Generation &generation = given->generation;
  if (generation.stop() == Stop::Interrupted)
    note(generation.newTokens > 0 ? "[stopped]" : "[stopped before the reply; not said]");
  if (generation.stop() == Stop::Limit)
    note(fmt::format("[stopped after {} tokens, see --new-tokens]", generation.newTokens));
  if (generation.stop() == Stop::Context)
    note("[the context is full: /reset begins anew, or start with a longer --context]");
  if (options.timing)
    note(fmt::format("[prompt {} tokens in {:.3f} s, {} cached; reply {} tokens in {:.3f} s "
                     "({:.1f} tok/s){}]",
                     generation.promptTokens, generation.promptSeconds, given->cached,
                     generation.newTokens, generation.decodeSeconds,
                     rate(generation.decodedTokens, generation.decodeSeconds),
                     generation.draftedTokens > 0
                         ? fmt::format(", {} of {} drafted tokens accepted",
                                       generation.acceptedTokens, generation.draftedTokens)
                         : ""));
  return {};
}

Result<void> ChatLoop::obey(const std::string &command, std::string argument) {
  if (command == "/help") {
    writeError(help());
  } else if (command == "/reset") {
    conversation.reset();
    note("[the conversation is forgotten]");
  } else if (command == "/exit") {
    ended = true;
  } else if (command == "/save") {
    return save(argument);
  } else if (command == "/system" && !argument.empty()) {
    conversation.setSystem(std::move(argument));
    note("[the system prompt is set]");
  } else if (command == "/system") {
    const std::string_view prompt = conversation.system();
    note(prompt.empty() ? "[no system prompt]" : std::string(prompt));
  } else {
    return fail(fmt::format("no command '{}'; /help lists them, and a message that begins with / "
                            "is written with //",
                            command));
  }
  return {};
}

Result<void> ChatLoop::save(const std::string &path) {
  if (path.empty())
    return fail("expected a file after /save");
  Json messages = Json::array();
  for (const jinja::ChatMessage &turn : conversation.messages())
    messages.push_back({{"role", turn.role}, {"content", turn.content}});
  if (auto written =
          writeNewFile(path, messages.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
      !written)
    return written;
  note(fmt::format("[{} messages in {}]", messages.size(), path));
  return {};
}

} // namespace weft::cli
