#include "runtime/cli/options/MeasuredLengths.h"

#include "runtime/cli/options/Arguments.h"

#include <algorithm>
#include <fmt/format.h>

namespace weft::cli {

void MeasuredLengths::addTo(CLI::App &app) {
  promptOption =
      app.add_option("-p,--prompt", prompt,
                     "Length of the prompt in tokens (shortened by default to fit the context)")
          ->type_name("N")
          ->check(wholeNumber(0, 1 << 24))
          ->capture_default_str();
  app.add_option("-n,--new-tokens", newTokens, "Tokens to decode after the prompt, one at a time")
      ->type_name("N")
      ->check(wholeNumber(0, 1 << 24))
      ->capture_default_str();
  app.add_option("-r,--repeats", repeats, "Number of measurements, after one run to warm up")
      ->type_name("N")
      ->check(wholeNumber(1, 10000))
      ->capture_default_str();
}

Result<void> MeasuredLengths::fit(SessionOptions &session, uint64_t modelContext) {
  const uint64_t most = session.context ? session.context : modelContext;
  if (promptOption->count() == 0 && most > newTokens)
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
