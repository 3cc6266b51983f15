// Checks and parsers for command-line arguments.
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

/// The largest count or length that an option accepts; positions and ids are int32.
inline constexpr uint64_t mostTokens = 0x7fffffff;

/// Validators for CLI11 options. Unlike CLI::Range they refuse signs, NaN, infinities, trailing
/// text and numbers that overflow.
CLI::Validator wholeNumber(uint64_t least, uint64_t most);
/// Accepts `least` to `most`; if `aboveLeast`, not `least` itself.
CLI::Validator realNumber(double least, double most, bool aboveLeast = false);

/// While an object of this class exists, options added to the command appear below `heading` in its
/// help.
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

/// Returns all bytes of a file, or of standard input if `path` is "-". Errors: it cannot be read,
/// or has more than 1 GiB.
Result<std::string> readAll(const std::string &path);

/// Parses token ids separated by commas or white space; brackets are ignored, so JSON arrays work.
/// Errors: anything else, with its place.
Result<std::vector<int32_t>> parseIds(std::string_view text);

} // namespace weft::cli
