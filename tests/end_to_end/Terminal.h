// A program on a terminal of its own, as a person sits before it.
#pragma once

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <poll.h>
#include <pty.h>
#include <string>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace weft::test {

class Terminal {
public:
  /// Runs a line of sh; its state folder is `folder`.
  Terminal(const std::string &line, const std::string &folder) {
    winsize size = {24, 100, 0, 0};
    child = ::forkpty(&file, nullptr, nullptr, &size);
    if (child == 0) {
      ::setenv("TERM", "xterm", 1);
      ::setenv("XDG_STATE_HOME", folder.c_str(), 1);
      ::setenv("HOME", folder.c_str(), 1);
      ::unsetenv("NO_COLOR");
      ::execl("/bin/sh", "sh", "-c", ("exec " + line).c_str(), nullptr);
      ::_exit(127);
    }
  }
  ~Terminal() {
    ::close(file);
    if (child > 0) {
      ::kill(child, SIGKILL);
      ::waitpid(child, nullptr, 0);
    }
  }
  Terminal(const Terminal &) = delete;
  Terminal &operator=(const Terminal &) = delete;

  void type(const std::string &keys) {
    if (::write(file, keys.data(), keys.size()) < 0)
      seen += "[cannot type]";
  }

  /// Whether `text` shows up behind what earlier calls waited for.
  bool waitFor(const std::string &text, int seconds = 60) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    while (true) {
      if (const size_t at = seen.find(text, searched); at != std::string::npos) {
        searched = at + text.size();
        return true;
      }
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          end - std::chrono::steady_clock::now());
      pollfd ready = {file, POLLIN, 0};
      if (left.count() <= 0 || ::poll(&ready, 1, int(left.count())) <= 0)
        return false;
      char piece[4096];
      const ssize_t count = ::read(file, piece, sizeof piece);
      if (count <= 0)
        return false;
      seen.append(piece, size_t(count));
    }
  }

  /// Ctrl-C that arrives before the program does anything more.
  void interrupt() {
    ::kill(child, SIGSTOP);
    type("\x03");
    ::kill(child, SIGCONT);
  }

  void send(int signal) { ::kill(child, signal); }

  /// Whether it is as a shell left it: it shows what is typed, and hands on whole lines.
  bool isUsual() const {
    termios modes = {};
    ::tcgetattr(file, &modes);
    return (modes.c_lflag & ECHO) && (modes.c_lflag & ICANON);
  }

  /// The exit code, after the program ended by itself; 128 and the signal otherwise.
  int wait() {
    while (waitFor("\x01never", 5)) // reads on, so that nothing blocks
      ;
    int status = 0;
    for (int i = 0; ::waitpid(child, &status, WNOHANG) == 0; ++i) {
      if (i == 600) { // A minute: it will not end by itself.
        ::kill(child, SIGKILL);
        ::waitpid(child, &status, 0);
        break;
      }
      ::usleep(100'000);
    }
    child = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  std::string seen;

private:
  int file = -1;
  pid_t child = -1;
  size_t searched = 0;
};

} // namespace weft::test
