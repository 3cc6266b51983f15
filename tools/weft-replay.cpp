// Runs conformance cases that `weft conformance --write-cases` compiled on another machine: for
// machines that have a device but no compiler.

#include "conformance/StoredCases.h"
#include "runtime/device/Registry.h"
#include "tools/ExitStatus.h"

#include <fmt/format.h>
#include <map>

namespace {

using namespace weft;
using namespace weft::conformance;

constexpr const char *program = "weft-replay";

int run(int argc, char **argv) {
  std::string folder, device = "vulkan";
  CLI::App app("Runs stored conformance cases on a device.", program);
  app.add_option("folder", folder, "The folder that `weft conformance --write-cases` wrote")
      ->required()
      ->type_name("FOLDER");
  app.add_option("--device", device, "The device to test")
      ->type_name("NAME")
      ->capture_default_str();
  app.footer(
      "Examples:\n"
      "  weft conformance --device vulkan --write-cases cases   # on a machine with the compiler\n"
      "  weft-replay cases --device vulkan:1                    # on a machine with the device");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    return endOfParsing(app, error);
  }
  if (auto made = makeDevice(device); !made)
    return endWithError(program, made.error().message);
  auto cases = readStored(folder);
  if (!cases)
    return endWithError(program, cases.error().message);
  struct Line {
    unsigned passed = 0, failed = 0, sameBits = 0;
    double worst = 0;
  };
  std::map<std::string, Line> lines;
  unsigned failures = 0;
  for (const StoredCase &one : *cases) {
    const StoredOutcome outcome = runStored(one, device);
    Line &line = lines[one.op];
    ++(outcome.message.empty() ? line.passed : line.failed);
    line.sameBits += outcome.sameBits;
    line.worst = std::max(line.worst, outcome.error / one.tolerance);
    if (!outcome.message.empty()) {
      ++failures;
      fmt::print("failed    {}: {}: {}\n", one.op, one.shape, outcome.message);
      std::fflush(stdout);
    }
  }
  fmt::print("\n{:<26} {:>6} {:>6} {:>9} {:>16}\n", "op", "passed", "failed", "same bits",
             "error/tolerance");
  for (const auto &[op, line] : lines)
    fmt::print("{:<26} {:>6} {:>6} {:>9} {:>16.2f}\n", op, line.passed, line.failed, line.sameBits,
               line.worst);
  fmt::print("{}: {} passed, {} failed\n", device, cases->size() - failures, failures);
  return endOfOutput(program, failures ? exitFailed : exitDone);
}

} // namespace

int main(int argc, char **argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception &error) {
    return endWithError(program, error.what());
  }
}
