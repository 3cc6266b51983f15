#include "conformance/Suite.h"

#include "backends/Registry.h"
#include "conformance/PrepareCase.h"
#include "runtime/artifact/Artifact.h"
#include "runtime/device/Registry.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

namespace weft::conformance {

namespace {

/// A fresh folder, removed with all it holds on destruction.
class ScratchFolder {
public:
  static Result<ScratchFolder> make() {
    std::string name =
        (std::filesystem::temp_directory_path() / "weft-conformance-XXXXXX").string();
    if (!::mkdtemp(name.data()))
      return fail("cannot make a folder '" + name + "' for the cases");
    return ScratchFolder(name);
  }
  ScratchFolder(ScratchFolder &&other) noexcept : path(std::exchange(other.path, "")) {}
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path.empty())
      std::filesystem::remove_all(path, ignored);
  }

  std::string path;

private:
  explicit ScratchFolder(std::string path) : path(std::move(path)) {}
};

std::string kindOf(const std::string &device) { return device.substr(0, device.find(':')); }

} // namespace

std::string_view nameOf(Verdict verdict) {
  return verdict == Verdict::Passed   ? "passed"
         : verdict == Verdict::Failed ? "failed"
                                      : "not taken";
}

/// Counts who took the kernels of the one program of an artifact.
static Result<void> countKernels(const std::string &path, Outcome &outcome) {
  auto artifact = Artifact::open(path);
  if (!artifact)
    return failFrom(artifact);
  for (const schema::Kernel *kernel : *artifact->metadata().programs()->Get(0)->kernels()) {
    ++outcome.kernels;
    outcome.elsewhere += kernel->part() != 0;
  }
  return {};
}

static Outcome runCase(const Case &one, unsigned number, const SuiteOptions &options) {
  Outcome outcome{.one = &one, .message = {}};
  auto folder = ScratchFolder::make();
  if (!folder) {
    outcome.message = folder.error().message;
    return outcome;
  }
  CompilationOptions compilation;
  compilation.targets = {kindOf(options.device)};
  // Which kernels fall to others is part of the outcome.
  compilation.say = [](const std::string &) {};
  bool taken = true;
  compilation.nothingTaken = [&] { taken = false; };
  auto prepared = prepare(one, folder->path, compilation);
  if (!taken) {
    outcome.verdict = Verdict::NotTaken;
    return outcome;
  }
  Result<void> ready = prepared ? countKernels(prepared->artifact, outcome) : failFrom(prepared);
  if (!ready) {
    outcome.message = ready.error().message;
    return outcome;
  }
  const StoredCase stored = {.op = one.op,
                             .shape = one.shape,
                             .tolerance = one.tolerance,
                             .artifact = prepared->artifact,
                             .whole = {options.threads, prepared->context, prepared->calls},
                             .single = {options.threads, prepared->context, prepared->singly()},
                             .expected = prepared->expected};
  if (!options.writeCases.empty())
    if (auto written = store(stored, number, options.writeCases); !written) {
      outcome.message = written.error().message;
      return outcome;
    }
  const StoredOutcome ran = runStored(stored, options.device);
  outcome.verdict = ran.message.empty() ? Verdict::Passed : Verdict::Failed;
  outcome.error = ran.error;
  outcome.sameBits = ran.sameBits;
  outcome.message = ran.message;
  return outcome;
}

Result<std::vector<Outcome>> run(std::span<const Case> cases, const SuiteOptions &options) {
  // Both before any case, so that what is not there is one line.
  auto backend = makeBackend(kindOf(options.device), {});
  if (!backend)
    return failFrom(backend);
  auto device = makeDevice(options.device, options.threads);
  if (!device)
    return failFrom(device);
  device->reset();
  std::vector<Outcome> outcomes;
  for (const Case &one : cases) {
    outcomes.push_back(runCase(one, unsigned(outcomes.size()), options));
    if (options.progress)
      options.progress(outcomes.back());
  }
  return outcomes;
}

std::vector<Line> linesOf(const std::vector<Outcome> &outcomes) {
  std::vector<Line> lines;
  for (const Outcome &outcome : outcomes) {
    const Case &one = *outcome.one;
    if (lines.empty() || lines.back().op != one.op)
      lines.push_back({.op = one.op, .tolerance = one.tolerance});
    Line &line = lines.back();
    ++(outcome.verdict == Verdict::Passed   ? line.passed
       : outcome.verdict == Verdict::Failed ? line.failed
                                            : line.notTaken);
    line.sameBits += outcome.verdict != Verdict::NotTaken && outcome.sameBits;
    if (outcome.error / one.tolerance > line.worst / line.tolerance) {
      line.worst = outcome.error;
      line.tolerance = one.tolerance;
    }
  }
  return lines;
}

} // namespace weft::conformance
