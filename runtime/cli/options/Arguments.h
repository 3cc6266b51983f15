// What people write on the command line, checked.
#pragma once

#include "runtime/base/Error.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Validator;
} // namespace CLI

namespace weft::cli {

/// Largest count or length that an option takes; positions and ids are int32.
inline constexpr uint64_t mostTokens = 0x7fffffff;

/// Checks of CLI11 options. Unlike CLI::Range they refuse signs, NaN, infinities, trailing
/// text and numbers that overflow.
CLI::Validator wholeNumber(uint64_t least, uint64_t most);
/// `aboveLeast`: whether `least` itself is out.
CLI::Validator realNumber(double least, double most, bool aboveLeast = false);

/// While one lives, options that are added to a command stand below this heading in its help.
class OptionGroup {
public:
  OptionGroup(CLI::App &command, const std::string &heading);
  ~OptionGroup();
  OptionGroup(const OptionGroup &) = delete;
  OptionGroup &operator=(const OptionGroup &) = delete;

private:
  CLI::App &command;
  std::string before;
};

/// All bytes of a file, or of standard input where `path` is "-". Errors: it cannot be read,
/// or has more than 1 GiB.
Result<std::string> readAll(const std::string &path);

/// Token ids separated by commas or white space, brackets around them allowed (so a JSON
/// array is fine). Errors: anything else, with the place.
Result<std::vector<int32_t>> parseIds(std::string_view text);

} // namespace weft::cli
