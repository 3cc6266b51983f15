#include "runtime/cli/options/MeasuredLengths.h"

#include <algorithm>
#include <fmt/format.h>

namespace weft::cli {

Result<void> chooseLengths(SessionOptions &session, uint64_t &prompt, uint64_t newTokens,
                           bool promptGiven, uint64_t modelContext) {
  const uint64_t most = session.context ? session.context : modelContext;
  if (!promptGiven && most > newTokens)
    prompt = std::min(prompt, most - newTokens);
  const uint64_t positions = prompt + newTokens;
  if (positions == 0)
    return fail("expected something to measure, found -p 0 and -n 0");
  if (session.context == 0)
    session.context = positions;
  if (session.context < positions)
    return fail(fmt::format("expected a context of at least {} (-p and -n together), found {}",
                            positions, session.context));
  return {};
}

} // namespace weft::cli
