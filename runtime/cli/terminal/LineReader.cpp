#include "runtime/cli/terminal/LineReader.h"

#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <histedit.h>
#include <langinfo.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

namespace weft::cli {

namespace {

constexpr size_t longestLine = size_t(64) << 20;

class PlainLines final : public LineReader {
public:
  Result<Line> read(const std::string &) override {
    size_t searched = 0;
    while (true) {
      if (const size_t end = buffer.find('\n', searched); end != std::string::npos) {
        Line line = lineOf(buffer.substr(0, end));
        buffer.erase(0, end + 1);
        return line;
      }
      searched = buffer.size();
      if (searched > longestLine)
        return fail("standard input: expected lines of at most 64 MiB, found a longer one");
      char piece[1 << 14];
      const ssize_t count = ::read(STDIN_FILENO, piece, sizeof piece);
      if (count < 0 && errno != EINTR)
        return fail(std::string("cannot read standard input: ") + std::strerror(errno));
      if (count > 0)
        buffer.append(piece, size_t(count));
      if (count == 0)
        return buffer.empty() ? Line() : lineOf(std::exchange(buffer, ""));
    }
  }

private:
  /// Lines of other systems end with a carriage return and a newline.
  static Line lineOf(std::string text) {
    if (text.ends_with('\r'))
      text.pop_back();
    return {Line::Kind::Text, std::move(text)};
  }

  std::string buffer;
};

/// The terminal as it was before libedit had it in a mode of its own.
termios usualTerminal;

void giveTerminalBack(int signal) {
  tcsetattr(STDIN_FILENO, TCSANOW, &usualTerminal);
  std::raise(signal); // ends the process: its handler is the default one again
}

/// While one lives, signals that end the process give the terminal back first.
class TerminalGuard {
public:
  TerminalGuard() {
    tcgetattr(STDIN_FILENO, &usualTerminal);
    struct sigaction action = {}, before;
    action.sa_handler = giveTerminalBack;
    action.sa_flags = int(SA_RESETHAND);
    for (const int signal : signals)
      if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_DFL)
        sigaction(signal, &action, nullptr);
  }
  ~TerminalGuard() {
    struct sigaction now;
    for (const int signal : signals)
      if (sigaction(signal, nullptr, &now) == 0 && now.sa_handler == giveTerminalBack)
        std::signal(signal, SIG_DFL);
  }
  TerminalGuard(const TerminalGuard &) = delete;
  TerminalGuard &operator=(const TerminalGuard &) = delete;

private:
  static constexpr int signals[] = {SIGTERM, SIGHUP, SIGQUIT};
};

/// By libedit.
class EditedLines final : public LineReader {
public:
  explicit EditedLines(const std::string &historyFile) : historyFile(historyFile) {
    // It edits characters, not bytes, by the locale.
    if (!std::setlocale(LC_CTYPE, "") || std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
      std::setlocale(LC_CTYPE, "C.UTF-8");
    editor = el_init("weft", stdin, stdout, stderr);
    past = history_init();
    HistEvent event;
    history(past, &event, H_SETSIZE, 1000);
    history(past, &event, H_SETUNIQUE, 1);
    if (!historyFile.empty())
      history(past, &event, H_LOAD, historyFile.c_str());
    el_set(editor, EL_CLIENTDATA, this);
    el_set(editor, EL_PROMPT_ESC, &EditedLines::promptOf, '\1');
    el_set(editor, EL_EDITOR, "emacs");
    el_set(editor, EL_HIST, history, past);
    el_set(editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    el_source(editor, nullptr); // ~/.editrc, where there is one
  }
  ~EditedLines() override {
    el_end(editor);
    history_end(past);
  }

  Result<Line> read(const std::string &given) override {
    prompt = given;
    int count = 0;
    // Before the prompt can be seen: left to itself, libedit shows it first, and a Ctrl-D
    // typed before it takes over the terminal would not be heard.
    el_set(editor, EL_PREP_TERM, 1);
    const char *text = el_gets(editor, &count);
    if (!text && count < 0 && errno == EINTR)
      return Line{Line::Kind::Interrupted, ""};
    if (!text || count <= 0)
      return Line();
    Line line{Line::Kind::Text, std::string(text, size_t(count))};
    while (line.text.ends_with('\n') || line.text.ends_with('\r'))
      line.text.pop_back();
    if (!line.text.empty())
      remember(line.text);
    return line;
  }

private:
  static char *promptOf(EditLine *editor) {
    void *self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    return static_cast<EditedLines *>(self)->prompt.data();
  }

  /// Saved line by line, so that nothing is lost however the process ends.
  void remember(const std::string &text) {
    HistEvent event;
    history(past, &event, H_ENTER, text.c_str());
    if (historyFile.empty())
      return;
    const mode_t before = ::umask(077); // what was said is nobody else's
    history(past, &event, H_SAVE, historyFile.c_str());
    ::umask(before);
  }

  const TerminalGuard guard;
  std::string historyFile, prompt;
  EditLine *editor;
  History *past;
};

} // namespace

bool isInteractive() { return isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0; }

std::unique_ptr<LineReader> makeEditedLines(const std::string &historyFile) {
  return std::make_unique<EditedLines>(historyFile);
}

std::unique_ptr<LineReader> makePlainLines() { return std::make_unique<PlainLines>(); }

Result<std::string> stateFile(const std::string &name) {
  const char *state = std::getenv("XDG_STATE_HOME"), *home = std::getenv("HOME");
  std::filesystem::path folder;
  if (state && state[0] == '/') // the specification has other paths ignored
    folder = state;
  else if (home && home[0] == '/')
    folder = std::filesystem::path(home) / ".local/state";
  else
    return fail("neither XDG_STATE_HOME nor HOME is set");
  folder /= "weft";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return fail("cannot make the folder '" + folder.string() + "': " + error.message());
  return (folder / name).string();
}

} // namespace weft::cli
