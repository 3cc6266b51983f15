// A small model, compiled and run, against the reference evaluator.
#pragma once

#include "backends/cpu/CpuBackend.h"
#include "backends/cpu/KernelForms.h"
#include "conformance/PrepareCase.h"
#include "conformance/StoredCases.h"
#include "tests/Shared.h"
#include "tests/backends/Machine.h"
#include "tests/passes/ModelText.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace weft::test {

using conformance::Call;
using conformance::callOf;
using conformance::f32Tolerance;
using conformance::moduleOf;
using conformance::relativeError;
using conformance::sameBits;

/// Compiles `model`, which gives a matrix with a row for each wanted token, and compares
/// it with the reference on the calls in turn. Also holds the backend to its promise of
/// equal bits: with one thread and several, and for each call token by token.
class Conformance {
public:
  explicit Conformance(const Machine &machine) : machine(machine) {}

  /// Compiles every form of a kernel that has so many candidates as candidate `number`,
  /// and hands out another share of its work.
  void takeCandidate(size_t number) { candidate = number; }

  /// Also runs each of the alternatives that kernels have, which must give the same bits.
  void takeEveryAlternative() { everyAlternative = true; }

  /// More than any form has.
  static constexpr unsigned mostAlternatives = 6;
  static constexpr size_t mostCandidates = 8;

  void expect(const ModelText &model, const TextValue &result, std::vector<Call> calls,
              double tolerance, std::optional<WeightFormat> quantize = {}) {
    conformance::Case one{"", "", nullptr, tolerance, std::move(calls), quantize};
    TemporaryFolder folder;
    expect(one, folder,
           conformance::prepare(model, result, one, folder.path().string(), compilation()));
  }

  void expect(const conformance::Case &one) {
    TemporaryFolder folder;
    expect(one, folder, conformance::prepare(one, folder.path().string(), compilation()));
  }

private:
  void expect(const conformance::Case &one, const TemporaryFolder &folder,
              Result<conformance::PreparedCase> prepared) {
    ASSERT_TRUE(prepared.has_value()) << prepared.error().message;
    uint64_t context = prepared->context;
    std::vector<SessionRun> runs = {{1, context, prepared->calls},
                                    {3, context, prepared->calls},
                                    {2, context, prepared->singly()}};
    for (unsigned take = 0; everyAlternative && take < mostAlternatives; ++take) {
      runs.push_back({1, context, prepared->calls, take});
      runs.push_back({2, context, prepared->singly(), take});
    }
    auto results = runOn(machine, folder.path().string(), prepared->artifact, runs);
    ASSERT_TRUE(results.has_value()) << results.error().message;
    const size_t size = prepared->expected.size();
    ASSERT_EQ(results->size(), runs.size() * size);
    auto ofRun = [&](size_t run) { return std::span(*results).subspan(run * size, size); };
    EXPECT_LE(relativeError(ofRun(0), prepared->expected), one.tolerance);
    EXPECT_TRUE(sameBits(ofRun(1), ofRun(0))) << "with three threads";
    EXPECT_TRUE(sameBits(ofRun(2), ofRun(0))) << "token by token";
    for (size_t run = 3; run < runs.size(); ++run)
      EXPECT_TRUE(sameBits(ofRun(run), ofRun(0))) << "alternative " << (run - 3) / 2;
  }

  CompilationOptions compilation() {
    CompilationOptions options;
    options.processors = {machine.processor};
    if (candidate)
      options.makeBackend =
          [this](const std::string &target,
                 const BackendOptions &wanted) -> Result<std::unique_ptr<Backend>> {
        auto processor = cpu::findTarget(wanted.processor);
        if (target != "cpu" || !processor)
          return makeBackend(target, wanted);
        return std::make_unique<cpu::CpuBackend>(
            *processor, [this](const cpu::CompiledForm &form, const cpu::CpuTarget &target) {
              std::vector<cpu::Schedule> all = form.candidates(target);
              EXPECT_LE(all.size(), mostCandidates);
              cpu::Schedule schedule = all[std::min(*candidate, all.size() - 1)];
              schedule.shared = *candidate % 2 ? 0 : WEFT_SHARE_WHOLE;
              return std::optional(schedule);
            });
      };
    return options;
  }

  Machine machine;
  std::optional<size_t> candidate;
  bool everyAlternative = false;
};

} // namespace weft::test
