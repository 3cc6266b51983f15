#include "runtime/program/VariantChoice.h"

#include "runtime/artifact/SegmentHash.h"
#include "runtime/base/NewFile.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weft {

/// More than any program has to choose.
static constexpr size_t mostFileBytes = 64 << 10;

/// Few threads each by themselves, many by their magnitude.
static unsigned classOf(unsigned threads) {
  return threads <= 4 ? threads : std::bit_ceil(threads);
}

/// What a file begins with.
static std::string headOf(const ChoiceKey &key) {
  return fmt::format("weft variants 1\ndevice {}\ncode {:016x}\nthreads {}\n", key.identity,
                     key.code, classOf(key.threads));
}

std::string ChoiceKey::fileName() const {
  const std::string head = headOf(*this);
  return fmt::format("variants-{:016x}", hashBytes(std::as_bytes(std::span(head))));
}

/// The choice of one group in a line, but for the last two numbers.
static std::string lineOf(const VariantChoice &choice) {
  std::string line = fmt::format("choose {} of", choice.name);
  for (const std::string &other : choice.alternatives)
    line += ' ' + (other.empty() ? std::string("-") : other);
  return line + ":";
}

/// The bytes of a plain file, "" of all else. It never waits for a pipe.
static std::string readPlainFile(const std::string &path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (fd < 0)
    return "";
  std::string text;
  struct stat status;
  if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
      size_t(status.st_size) <= mostFileBytes) {
    text.resize(size_t(status.st_size));
    if (::read(fd, text.data(), text.size()) != ssize_t(text.size()))
      text.clear();
  }
  ::close(fd);
  return text;
}

bool recallChoices(const std::string &folder, const ChoiceKey &key,
                   std::vector<VariantChoice> &choices) {
  if (folder.empty())
    return false;
  const std::string text = readPlainFile(folder + "/" + key.fileName()), head = headOf(key);
  if (!text.starts_with(head))
    return false;
  std::string_view rest = std::string_view(text).substr(head.size());
  std::vector<VariantChoice> recalled = choices;
  for (VariantChoice &choice : recalled) {
    const std::string line = lineOf(choice);
    if (!rest.starts_with(line))
      return false;
    rest.remove_prefix(line.size());
    unsigned numbers[2] = {};
    for (unsigned &number : numbers) {
      if (!rest.starts_with(' '))
        return false;
      auto [end, error] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), number);
      if (error != std::errc())
        return false;
      rest.remove_prefix(size_t(end - rest.data()));
    }
    if (!rest.starts_with('\n') || numbers[0] >= choice.alternatives.size() || numbers[1] > 1000)
      return false;
    rest.remove_prefix(1);
    choice.chosen = numbers[0];
    choice.gain = numbers[1] / 1000.0;
    choice.reason = VariantChoice::Reason::Recalled;
  }
  if (!rest.empty())
    return false;
  choices = std::move(recalled);
  return true;
}

void storeChoices(const std::string &folder, const ChoiceKey &key,
                  const std::vector<VariantChoice> &choices) {
  if (folder.empty())
    return;
  std::string text = headOf(key);
  for (const VariantChoice &choice : choices)
    text += fmt::format("{} {} {}\n", lineOf(choice), choice.chosen,
                        int(std::clamp(choice.gain, 0.0, 1.0) * 1000));
  if (text.size() <= mostFileBytes)
    (void)writeNewFile(folder + "/" + key.fileName(), text);
}

std::vector<VariantChoice> favoredChoices(const std::vector<VariantGroup> &groups,
                                          const VariantOptions &options) {
  std::vector<VariantChoice> choices;
  for (const VariantGroup &group : groups) {
    VariantChoice &choice = choices.emplace_back(VariantChoice{
        group.name, group.alternatives, group.favored, VariantChoice::Reason::Favored, 0});
    if (options.take) {
      choice.chosen = *options.take % group.alternatives.size();
      choice.reason = VariantChoice::Reason::Asked;
    }
  }
  return choices;
}

} // namespace weft
