// Stack frames of the CPU backend's kernels: below the limit of runtime/artifact/Kernel.h,
// whatever the width of a row.

#include "backends/cpu/KernelBuilder.h"
#include "backends/cpu/emit/EmitObject.h"
#include "tests/backends/Conformance.h"

#include <gmock/gmock.h>

namespace weft::test {
namespace {

using ::testing::HasSubstr;

/// The error of code whose function has a frame of about `bytes`, or "".
std::string errorOf(const char *processor, int64_t bytes) {
  mlir::MLIRContext context;
  std::string error;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    error += diagnostic.str();
    return mlir::success();
  });
  cpu::loadKernelDialects(context);
  cpu::CpuTarget target = *cpu::findTarget(processor);
  mlir::Location loc = mlir::UnknownLoc::get(&context);
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::ModuleOp::create(loc);
  cpu::KernelBuilder k(*module, "wide", target, loc);
  // Written and read at places that nobody knows, so that it stays.
  cpu::Val frame = k.scratch(bytes);
  k.loop(k.groupBegin(), k.groupEnd(), k.index(1),
         [&](cpu::Val i) { k.store(k.real(1), frame, i * 4); });
  k.store(k.load(k.f32(), frame, k.size(WEFT_TOKENS)), k.binding(0), k.index(0));
  k.finish();
  bool compiled = mlir::succeeded(cpu::emitCode(*module, target, {}));
  EXPECT_EQ(compiled, error.empty()) << error;
  return error;
}

TEST(CpuFrame, OfAKernelIsBelowTheLimit) {
  for (const char *processor : {"x86-64-v3", "x86-64-v4", "neoverse-n1"}) {
    EXPECT_EQ(errorOf(processor, WEFT_KERNEL_STACK - 4096), "") << processor;
    std::string error = errorOf(processor, WEFT_KERNEL_STACK);
    EXPECT_THAT(error, HasSubstr("kernel 'wide' needs a stack frame of 10")) << processor;
    EXPECT_THAT(error, HasSubstr("expected less than 1048576")) << processor;
  }
}

class CpuWideRows : public ::testing::TestWithParam<const char *> {
protected:
  void SetUp() override {
    if (std::string reason = obstacle(Machine{GetParam()}); !reason.empty())
      GTEST_SKIP() << "code for " << GetParam() << " is not run: " << reason;
  }
  /// Two calls, the second shorter.
  static std::vector<Call> calls() { return {callOf(3), callOf(1, 3)}; }
};

INSTANTIATE_TEST_SUITE_P(Kinds, CpuWideRows, ::testing::Values("x86-64-v3", "x86-64-v4"));

/// A row of 262,144 columns is 1 MiB of f32: one value of it is more than a frame.
/// A lane of eight adds up 32,768 terms of a row of 262,144, each of which rounds by up to 6e-8 of
/// the sum so far: errors grow with the root of their number, to some 1e-5.
constexpr double wideTolerance = 5e-5;

TEST_P(CpuWideRows, OfRowOpsAreComputed) {
  constexpr int64_t width = 1 << 18;
  ModelText m(1);
  TextValue x = m.embed(
      "%tokens", m.matrix("table", 8, width, "f32, #weft.block<bits = 8, size = 32, scale = f16>"));
  TextValue y = m.unary("silu", x);
  TextValue z = m.add(m.mul(y, x), m.vector("v", width));
  TextValue n = m.rmsNorm(z, m.vector("w", width));
  TextValue u = m.add(m.columns(m.add(n, z), 0, width), m.unary("gelu", n));
  Conformance(Machine{GetParam()})
      .expect(m, m.linear(m.takeRows(u), m.matrix("head", 8, width)), calls(), wideTolerance);
}

/// What a view of a wide value reads, returned as it is.
TEST_P(CpuWideRows, AreReadInParts) {
  constexpr int64_t width = 1 << 18;
  ModelText m(2);
  TextValue x = m.embed("%tokens", m.matrix("table", 8, width));
  TextValue part = m.columns(m.unary("silu", m.mul(x, x)), 100000, 60000);
  TextValue sum = m.add(m.mul(part, part), part);
  Conformance(Machine{GetParam()})
      .expect(m, m.columns(m.takeRows(sum), 31, 8), calls(), f32Tolerance);
}

TEST_P(CpuWideRows, AreRotatedAndRemembered) {
  constexpr int64_t heads = 1024, width = 64 * heads;
  ModelText m(3);
  TextValue table = m.ropeTable(m.constant("frequencies", 32));
  TextValue x = m.embed("%tokens", m.matrix("table", 8, width));
  TextValue a = m.attention("kv", m.rope(x, table, heads), m.rope(m.unary("silu", x), table, heads),
                            m.add(x, x), heads, heads);
  Conformance(Machine{GetParam()})
      .expect(m, m.linear(m.takeRows(a), m.matrix("head", 8, width)), calls(), 1e-5);
}

} // namespace
} // namespace weft::test
