#include "frontend/gguf/GgufParts.h"

#include "runtime/base/Quotes.h"

#include <fmt/format.h>

namespace weft {

static std::string ending(int64_t part, int64_t count) {
  return fmt::format("-{:05}-of-{:05}.gguf", part, count);
}

/// llama.cpp counts them in 16 bits.
static constexpr int64_t mostParts = 0xffff;

Result<std::vector<std::string>> ggufParts(const std::string &first, int64_t count) {
  if (count > mostParts)
    return fail(fmt::format("{}: expected at most {} parts in 'split.count', found {}",
                            inQuotes(first), mostParts, count));
  std::string end = ending(1, count);
  if (!first.ends_with(end))
    return fail(fmt::format("{}: expected the first of {} parts, whose name ends in '{}'",
                            inQuotes(first), count, end));
  std::string stem = first.substr(0, first.size() - end.size());
  std::vector<std::string> paths;
  for (int64_t part = 1; part <= count; ++part)
    paths.push_back(stem + ending(part, count));
  return paths;
}

} // namespace weft
