// Every way to compile a kernel against the reference, and the choice among them.

#include "tests/backends/Conformance.h"

#include "backends/cpu/CpuBackend.h"
#include "compiler/tune/TuneTarget.h"
#include "runtime/device/Registry.h"

#include "mlir/Parser/Parser.h"

#include <gmock/gmock.h>

namespace weft::test {
namespace {

/// Numbers of candidates count from 1; 0 stands for the default, with every alternative.
class EveryCandidate : public ::testing::TestWithParam<std::tuple<std::string, size_t>> {
protected:
  void expect(std::function<TextValue(ModelText &)> build, double tolerance = f32Tolerance,
              std::optional<WeightFormat> quantize = {}) {
    ModelText model(1);
    TextValue result = model.takeRows(build(model));
    auto [processor, candidate] = GetParam();
    const Machine machine{processor};
    if (std::string missing = obstacle(machine); !missing.empty())
      GTEST_SKIP() << missing;
    Conformance conformance(machine);
    if (candidate)
      conformance.takeCandidate(candidate);
    else
      conformance.takeEveryAlternative();
    conformance.expect(model, result, {callOf(1), callOf(2, 1), callOf(37), callOf(13, 37)},
                       tolerance, quantize);
  }

  static TextValue input(ModelText &m, int64_t columns) {
    TextValue rows = m.embed("%tokens", m.matrix("table", 512, columns));
    return m.add(rows, m.vector("v", columns));
  }
};

std::string nameOfCandidate(const ::testing::TestParamInfo<std::tuple<std::string, size_t>> &info) {
  std::string name = std::get<0>(info.param);
  std::replace(name.begin(), name.end(), '-', '_');
  return name + "_" + std::to_string(std::get<1>(info.param));
}

INSTANTIATE_TEST_SUITE_P(Cpu, EveryCandidate,
                         ::testing::Combine(::testing::Values("native", "x86-64-v3"),
                                            ::testing::Range<size_t>(1,
                                                                     Conformance::mostCandidates)),
                         nameOfCandidate);
INSTANTIATE_TEST_SUITE_P(CpuAlternatives, EveryCandidate,
                         ::testing::Combine(::testing::Values("native", "x86-64-v3", "x86-64-v4"),
                                            ::testing::Values<size_t>(0)),
                         nameOfCandidate);

TEST_P(EveryCandidate, OfDenseProducts) {
  for (auto [element, outputs, inputs] :
       {std::tuple("f32", 31, 33), {"bf16", 131, 67}, {"f16", 100, 7}})
    expect([&](ModelText &m) {
      return m.linear(input(m, inputs), m.matrix("w", outputs, inputs, element));
    });
}

TEST_P(EveryCandidate, OfBlockProducts) {
  for (auto [format, outputs, inputs] : {std::tuple(WeightFormat::Q8, 31, 33),
                                         {WeightFormat::Q4, 131, 160},
                                         {WeightFormat::Q4S, 100, 31}})
    expect(
        [&](ModelText &m) {
          return m.add(m.linear(input(m, inputs), m.matrix("w", outputs, inputs)),
                       m.vector("b", outputs));
        },
        f32Tolerance, format);
}

TEST_P(EveryCandidate, OfSuperBlockProducts) {
  for (auto [element, outputs, inputs] :
       {std::tuple("f32, #weft.block<bits = 4, size = 32, scale = f16, super = 8, mins = true>", 31,
                   512),
        {"f32, #weft.block<bits = 6, size = 16, scale = f16, bias = 32, super = 16>", 131, 256}})
    expect([&](ModelText &m) {
      return m.linear(input(m, inputs), m.matrix("w", outputs, inputs, element));
    });
}

TEST_P(EveryCandidate, OfAttention) {
  expect([&](ModelText &m) {
    TextValue x = input(m, 24);
    return m.attention("kv", m.linear(x, m.matrix("q", 104, 24)),
                       m.linear(x, m.matrix("k", 26, 24)), m.linear(x, m.matrix("z", 26, 24)), 8, 2,
                       "f32");
  });
}

/// Kernels of odd sizes, as planning leaves them.
constexpr const char *kernels = R"(
#split = #weft.block<bits = 8, size = 32, scale = f32, split = true>
#q8 = #weft.block<bits = 8, size = 32, scale = f16, tiled = <rows = 16, depth = 4>>
func.func private @blocks(%x: tensor<?x97xf32, #split>, %w: tensor<1031x97xf32, #q8>) -> tensor<?x1031xf32>
    attributes {weft.kernel, weft.role = #weft.role<product>} {
  %y = weft.linear %x, %w : (tensor<?x97xf32, #split>, tensor<1031x97xf32, #q8>) -> tensor<?x1031xf32>
  return %y : tensor<?x1031xf32>
}
func.func private @attend(%q: tensor<?x104xf32>, %s: !weft.kv<heads = 2, head_dim = 13, element = f16>,
                          %positions: tensor<?xi32>, %sequences: tensor<?xi32>) -> tensor<?x104xf32>
    attributes {weft.kernel, weft.role = #weft.role<attention>} {
  %y = weft.attend %q in %s at %positions, %sequences heads 8 scale 0.25 : tensor<?x104xf32>,
      <heads = 2, head_dim = 13, element = f16>, tensor<?xi32>, tensor<?xi32>
  return %y : tensor<?x104xf32>
}
func.func private @silu(%x: tensor<?x97xf32>) -> tensor<?x97xf32> attributes {weft.kernel, weft.role = #weft.role<row>} {
  %y = weft.silu %x : tensor<?x97xf32>
  return %y : tensor<?x97xf32>
})";

class Tuning : public ::testing::Test {
protected:
  Tuning() {
    context.loadDialect<WeftDialect, mlir::func::FuncDialect>();
    module = mlir::parseSourceString<mlir::ModuleOp>(kernels, &context);
    auto device = makeDevice("cpu", 2);
    EXPECT_TRUE(device);
    this->device = std::move(*device);
    options.threads = 2;
  }

  tune::TunedTarget tune() {
    std::vector<mlir::func::FuncOp> functions;
    for (auto function : module->getOps<mlir::func::FuncOp>())
      functions.push_back(function);
    auto tuned = tune::tuneTarget(functions, backend, *device, options);
    EXPECT_TRUE(tuned) << tuned.error().message;
    return tuned ? std::move(*tuned) : tune::TunedTarget();
  }
  /// What a tuned backend compiles each form of a kernel with that has several candidates.
  void expectSchedules(const Backend &tuned,
                       std::function<cpu::Schedule(const cpu::CompiledForm &)> expected) {
    for (auto function : module->getOps<mlir::func::FuncOp>())
      for (const cpu::CompiledForm &form : cpu::formsOf(function))
        if (form.candidates(backend.processor()).size() > 1)
          EXPECT_TRUE(static_cast<const cpu::CpuBackend &>(tuned).scheduleFor(form) ==
                      expected(form))
              << form.name();
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  cpu::CpuBackend backend{*cpu::findTarget("native")};
  std::unique_ptr<Device> device;
  tune::TuningOptions options;
};

TEST_F(Tuning, TakesWhatTheClockSays) {
  options.clock = [](const std::string &, size_t number) { return number == 2 ? 0.5 : 1.0; };
  tune::TunedTarget tuned = tune();
  // Rows of @silu are one way or none.
  std::vector<std::string> compared;
  for (const KernelTuning &tuning : tuned.tunings) {
    compared.push_back(tuning.kernel);
    EXPECT_EQ(tuning.chosen, 2u);
    EXPECT_EQ(tuning.threads, 2u);
    EXPECT_GT(tuning.candidates.size(), 2u);
    for (const KernelTuning::Candidate &candidate : tuning.candidates)
      EXPECT_GT(candidate.nanoseconds, 0u);
    EXPECT_EQ(tuning.candidates[1].again, 0u);
    EXPECT_LT(tuning.candidates[2].again, tuning.candidates[0].again);
  }
  EXPECT_THAT(compared, ::testing::ElementsAre("blocks_1", "blocks_1", "blocks_n", "blocks_n",
                                               "attend", "attend"));
  expectSchedules(*tuned.backend, [&](const cpu::CompiledForm &form) {
    cpu::Schedule expected = form.candidates(backend.processor())[2];
    expected.shared = 2; // The third share too.
    return expected;
  });
}

TEST_F(Tuning, LeavesTheDefaultWhereNothingIsFaster) {
  options.clock = [](const std::string &, size_t) { return 1.0; };
  tune::TunedTarget tuned = tune();
  expectSchedules(*tuned.backend, [&](const cpu::CompiledForm &form) {
    return form.defaultSchedule(backend.processor());
  });
  EXPECT_EQ(tuned.tunings.size(), 6u);
  for (const KernelTuning &tuning : tuned.tunings)
    EXPECT_EQ(tuning.chosen, 0u);
}

TEST_F(Tuning, IsRefusedWhereABackendHasNothingToTune) {
  class Fixed : public cpu::CpuBackend {
    using cpu::CpuBackend::CpuBackend;
    Result<std::unique_ptr<Backend>> tune(const TuningRequest &request) const override {
      return Backend::tune(request);
    }
  };
  auto tuned = tune::tuneTarget({}, Fixed(*cpu::findTarget("native")), *device, options);
  ASSERT_FALSE(tuned.has_value());
  EXPECT_EQ(tuned.error().message, "the target 'cpu' has nothing to tune");
}

TEST_F(Tuning, OnOneThreadSharesNothing) {
  device = std::move(*makeDevice("cpu", 1));
  options.threads = 1;
  options.clock = [](const std::string &, size_t) { return 1.0; };
  EXPECT_EQ(tune().tunings.size(), 3u);
}

TEST_F(Tuning, ByTheRealClockSaysWhatItMeasured) {
  options.seconds = 0.3;
  std::vector<std::string> lines;
  double last = 0;
  options.progress = [&](double share, const std::string &line) {
    EXPECT_GE(share, last);
    last = share;
    if (!line.empty())
      lines.push_back(line);
  };
  tune::TunedTarget tuned = tune();
  EXPECT_EQ(last, 1);
  EXPECT_EQ(lines.size(), tuned.tunings.size());
  for (const KernelTuning &tuning : tuned.tunings) {
    const auto &kept = tuning.candidates[0], &chosen = tuning.candidates[tuning.chosen];
    if (tuning.chosen != 0) {
      EXPECT_LT(chosen.nanoseconds, kept.nanoseconds);
      EXPECT_LT(chosen.again, kept.again);
    }
  }
}

} // namespace
} // namespace weft::test
