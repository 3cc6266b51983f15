// The CPU backend against the reference: the cases of the conformance suite, for each kind of
// code that it generates. Beside the errors, the bits must be the same with one thread and
// several, and token by token.
//
// Code of this machine's own kind runs every case of an op, the others every third, the first one
// among them; all run every case if WEFT_EVERY_CASE is set.

#include "runtime/device/cpu/CpuFeatures.h"
#include "tests/backends/Conformance.h"

namespace weft::test {
namespace {

/// One of each kind of code that the backend generates: AVX2, AVX2 with VNNI, AVX-512, AVX-512
/// with VNNI, AArch64 with dot product.
const std::vector<std::string> processors = {"x86-64-v3", "alderlake", "x86-64-v4", "znver4",
                                             "neoverse-n1"};

/// The kind of code that uses most of the machine that this runs on, "" if none can be run.
std::string ownKind() {
  for (const char *processor : {"znver4", "x86-64-v4", "alderlake", "x86-64-v3"})
    if (obstacle({processor}).empty())
      return processor;
  return cpuArchitecture() == "aarch64" ? "neoverse-n1" : "";
}

std::vector<std::string> ops() {
  std::vector<std::string> result;
  for (const conformance::Case &one : conformance::allCases())
    if (result.empty() || result.back() != one.op)
      result.push_back(one.op);
  return result;
}

std::string withoutSigns(std::string name) {
  std::ranges::replace_if(name, [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
}

class CpuConformance : public ::testing::TestWithParam<std::tuple<std::string, std::string>> {};

INSTANTIATE_TEST_SUITE_P(Cpu, CpuConformance,
                         ::testing::Combine(::testing::ValuesIn(processors),
                                            ::testing::ValuesIn(ops())),
                         [](const auto &info) {
                           return withoutSigns(std::get<0>(info.param) + "_" +
                                               std::get<1>(info.param));
                         });

TEST_P(CpuConformance, IsThatOfTheReference) {
  const auto [processor, op] = GetParam();
  const Machine machine{processor};
  if (std::string reason = obstacle(machine); !reason.empty())
    GTEST_SKIP() << "code for " << processor << " is not run: " << reason;
  const bool whole = everyCaseWanted() || processor == ownKind();
  size_t seen = 0;
  for (const conformance::Case &one : conformance::allCases()) {
    if (one.op != op || (seen++ % 3 != 0 && !whole))
      continue;
    SCOPED_TRACE(one.shape);
    Conformance(machine).expect(one);
  }
}

} // namespace
} // namespace weft::test
