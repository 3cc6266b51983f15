#include "runtime/cli/options/Arguments.h"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace weft::cli {

namespace {

template <typename Number> bool parseWhole(std::string_view text, Number &value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

} // namespace

CLI::Validator wholeNumber(uint64_t least, uint64_t most) {
  auto check = [least, most](std::string &text) -> std::string {
    uint64_t value = 0;
    if (parseWhole(text, value) && value >= least && value <= most)
      return "";
    return fmt::format("expected a whole number from {} to {}, found '{}'", least, most, text);
  };
  return CLI::Validator(check, "");
}

CLI::Validator realNumber(double least, double most, bool aboveLeast) {
  auto check = [least, most, aboveLeast](std::string &text) -> std::string {
    double value = NAN;
    if (parseWhole(text, value) && (aboveLeast ? value > least : value >= least) && value <= most)
      return "";
    return fmt::format("expected a number {} {} and at most {}, found '{}'",
                       aboveLeast ? "above" : "of at least", least, most, text);
  };
  return CLI::Validator(check, "");
}

OptionGroup::OptionGroup(CLI::App &command, const std::string &heading)
    : command(command), before(command.option_defaults()->get_group()) {
  command.option_defaults()->group(heading);
}
OptionGroup::~OptionGroup() { command.option_defaults()->group(before); }

Result<std::string> readAll(const std::string &path) {
  constexpr size_t most = size_t(1) << 30;
  const bool standardInput = path == "-";
  const std::string name = standardInput ? "standard input" : path;
  const int file = standardInput ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  auto failure = [&] {
    return fail(fmt::format("cannot read {}: {}", name, std::strerror(errno)));
  };
  if (file < 0)
    return failure();

  Result<std::string> text;
  std::vector<char> piece(1 << 16);
  while (true) {
    const ssize_t count = ::read(file, piece.data(), piece.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      text = failure();
    if (count <= 0)
      break;
    text->append(piece.data(), size_t(count));
    if (text->size() > most) {
      text = fail(fmt::format("{} has more than 1 GiB of text", name));
      break;
    }
  }
  if (!standardInput)
    ::close(file);
  return text;
}

Result<std::vector<int32_t>> parseIds(std::string_view text) {
  constexpr std::string_view separators = " \t\r\n,[]";
  std::vector<int32_t> ids;
  size_t at = 0;
  while ((at = text.find_first_not_of(separators, at)) != std::string_view::npos) {
    const size_t end = std::min(text.find_first_of(separators, at), text.size());
    const std::string_view word = text.substr(at, end - at);
    int32_t id = -1;
    if (!parseWhole(word, id) || id < 0)
      return fail(fmt::format("expected token ids separated by commas or spaces, found '{}' at "
                              "character {}",
                              word.substr(0, 20), at));
    ids.push_back(id);
    at = end;
  }
  return ids;
}

} // namespace weft::cli
