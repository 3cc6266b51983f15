// `weft conformance`: compares a backend with the reference. It contains the compiler, so it is a
// separate program, which `weft` starts.

#include "backends/Registry.h"
#include "conformance/Suite.h"
#include "runtime/device/Registry.h"
#include "tools/ExitStatus.h"

#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>

namespace {

using namespace weft;
using namespace weft::conformance;
using Json = nlohmann::ordered_json;

constexpr const char *examples =
    R"(Each case is run twice: with its calls as they are, and token by token. Its error is the larger
||a - b|| / ||b|| over all results; a case fails if that exceeds the tolerance. `same bits` counts
the cases in which both runs gave the same bits. A backend need not support every kernel:
`not taken` is not a failure.
Examples:
  weft conformance --device cpu
  weft conformance --device x --plugin x.so
  weft conformance --device reference --only attention --json)";

constexpr const char *program = "weft conformance";

int failed(const std::string &message) { return endWithError(program, message); }

void printCase(const Outcome &outcome) {
  fmt::print("{:<9} {}: {}", nameOf(outcome.verdict), outcome.one->op, outcome.one->shape);
  if (outcome.verdict == Verdict::Passed)
    fmt::print(" ({:.1e})", outcome.error);
  if (outcome.elsewhere)
    fmt::print(", {} of {} kernels by others", outcome.elsewhere, outcome.kernels);
  fmt::print("{}{}\n", outcome.message.empty() ? "" : ": ", outcome.message);
  std::fflush(stdout);
}

void printTable(const std::vector<Outcome> &outcomes, const std::string &device) {
  unsigned passed = 0, failures = 0, notTaken = 0;
  fmt::print("\n{:<26} {:>6} {:>6} {:>9} {:>9} {:>11} {:>9}\n", "op", "passed", "failed",
             "not taken", "same bits", "worst error", "tolerance");
  for (const Line &line : linesOf(outcomes)) {
    fmt::print("{:<26} {:>6} {:>6} {:>9} {:>9} {:>11.1e} {:>9.0e}\n", line.op, line.passed,
               line.failed, line.notTaken, line.sameBits, line.worst, line.tolerance);
    passed += line.passed;
    failures += line.failed;
    notTaken += line.notTaken;
  }
  fmt::print("{}: {} passed, {} failed, {} not taken\n", device, passed, failures, notTaken);
}

Json jsonOf(const std::vector<Outcome> &outcomes, const std::string &device, bool passed) {
  Json cases = Json::array();
  for (const Outcome &outcome : outcomes) {
    Json one = {{"op", outcome.one->op},
                {"shape", outcome.one->shape},
                {"verdict", nameOf(outcome.verdict)},
                {"error", outcome.error},
                {"tolerance", outcome.one->tolerance},
                {"same_bits", outcome.sameBits},
                {"kernels", outcome.kernels},
                {"kernels_elsewhere", outcome.elsewhere}};
    if (!outcome.message.empty())
      one["message"] = outcome.message;
    cases.push_back(std::move(one));
  }
  return {{"device", device}, {"passed", passed}, {"cases", std::move(cases)}};
}

/// Returns the first case of each op and every N-th after it, if its name contains `only`.
std::vector<Case> chosen(const std::string &only, size_t every) {
  std::vector<Case> cases;
  std::map<std::string, size_t> seen;
  for (Case &one : allCases())
    if (seen[one.op]++ % every == 0)
      cases.push_back(std::move(one));
  std::erase_if(cases, [&](const Case &one) {
    return (one.op + ": " + one.shape).find(only) == std::string::npos;
  });
  return cases;
}

int run(int argc, char **argv) {
  SuiteOptions options;
  std::vector<std::string> plugins;
  std::string only;
  size_t every = 1;
  bool json = false, verbose = false;
  CLI::App app("Compares a backend with the reference, op by op and shape by shape.", program);
  app.footer(examples);
  app.add_option("--device", options.device, "The device to test; the target has the same name")
      ->required()
      ->type_name("NAME");
  app.add_option("--plugin", plugins,
                 "A shared library with both sides of a backend, or with its compile side "
                 "in the same folder; may be given several times")
      ->type_name("FILE")
      ->expected(1)
      ->take_all();
  app.add_option("--only", only, "Run only the cases whose name contains TEXT")->type_name("TEXT");
  app.add_option("--every", every, "Run the first case of each op and every N-th after it")
      ->check(CLI::Range(size_t(1), size_t(1000)))
      ->capture_default_str()
      ->type_name("N");
  app.add_option("-t,--threads", options.threads, "Threads of the device")
      ->check(CLI::Range(1u, 1024u))
      ->capture_default_str();
  app.add_option("--write-cases", options.writeCases,
                 "Write every compiled case to a new folder, for weft-replay on a machine "
                 "without a compiler")
      ->type_name("FOLDER");
  app.add_flag("-v,--verbose", verbose, "Print every case, not only those that fail");
  app.add_flag("--json", json, "Write one JSON object");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    return endOfParsing(app, error);
  }
  for (const std::string &plugin : plugins)
    for (auto load : {loadBackendPlugin, loadDevicePlugin})
      if (auto loaded = load(plugin); !loaded)
        return failed(loaded.error().message);
  if (!json)
    options.progress = [&](const Outcome &outcome) {
      if (verbose || outcome.verdict == Verdict::Failed)
        printCase(outcome);
    };
  if (!options.writeCases.empty() && std::filesystem::exists(options.writeCases))
    return failed("'" + options.writeCases + "' exists; name a new folder for --write-cases");
  std::vector<Case> cases = chosen(only, every);
  if (cases.empty())
    return failed("no case has '" + only + "' in its name");
  auto outcomes = conformance::run(cases, options);
  if (!outcomes)
    return failed(outcomes.error().message);
  bool passed = std::ranges::none_of(
      *outcomes, [](const Outcome &outcome) { return outcome.verdict == Verdict::Failed; });
  bool tested = std::ranges::any_of(
      *outcomes, [](const Outcome &outcome) { return outcome.verdict == Verdict::Passed; });
  if (json)
    fmt::print("{}\n", jsonOf(*outcomes, options.device, passed && tested).dump(2));
  else
    printTable(*outcomes, options.device);
  if (passed && !tested)
    return failed("'" + options.device + "' takes no kernel of any case");
  return endOfOutput(program, passed ? exitDone : exitFailed);
}

} // namespace

int main(int argc, char **argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception &error) {
    return failed(error.what());
  }
}
