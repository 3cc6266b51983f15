// What the CPU backend generates for each kind of processor, and what it refuses to, whether
// or not this machine could run it.

#include "backends/cpu/emit/CpuTarget.h"
#include "runtime/artifact/Artifact.h"
#include "tests/backends/Conformance.h"

#include <gmock/gmock.h>
#include <sstream>

namespace weft::test {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class CpuCode : public ::testing::Test {
protected:
  /// Compiles a product by a weight of type `element`, its inputs rounded to 8 bits where that
  /// is in blocks.
  Result<void> compileProduct(const std::string &processor, const std::string &element) {
    ModelText m(1);
    TextValue x = m.add(m.embed("%tokens", m.matrix("table", 64, 64)), m.vector("v", 64));
    return compileModel(processor, m, m.linear(x, m.matrix("w", 64, 64, element)));
  }

  Result<void> compileModel(const std::string &processor, ModelText &m, const TextValue &value) {
    TextValue result = m.takeRows(value);
    m.writeWeights(folder.file("weights"));
    std::ofstream(folder.file("model.mlir")) << moduleOf(m, result);
    CompilationOptions options;
    options.input = folder.file("model.mlir");
    options.output = folder.file("model.weft");
    options.processors = {processor};
    options.dumpDirectory = folder.file("dump");
    return compile(options);
  }

  /// The assembly of a product of such a weight.
  std::string assembly(const std::string &processor, const std::string &element) {
    Result<void> compiled = compileProduct(processor, element);
    EXPECT_TRUE(compiled.has_value()) << compiled.error().message;
    std::ostringstream text;
    text << std::ifstream(folder.file("dump/kernels.s")).rdbuf();
    return text.str();
  }

  TemporaryFolder folder;
};

const std::string q8 = "f32, #weft.block<bits = 8, size = 32, scale = f16>";
const std::string q4 = "f32, #weft.block<bits = 4, size = 32, scale = f16, bias = 8>";

TEST(CpuTarget, OfIntelAsksForWeightsAhead) {
  auto ahead = [](const char *processor) { return cpu::findTarget(processor)->aheadKib; };
  for (const char *processor : {"haswell", "alderlake", "icelake-server", "sapphirerapids"})
    EXPECT_GT(ahead(processor), 0) << processor;
  for (const char *processor : {"x86-64-v3", "x86-64-v4", "znver3", "znver4", "neoverse-n1"})
    EXPECT_EQ(ahead(processor), 0) << processor;
}

TEST_F(CpuCode, HasAlternativesForTheMachineThatRunsIt) {
  // From the label to the end of the function.
  auto function = [](const std::string &text, const std::string &name) {
    const size_t begin = text.find("\n" + name + ":"), end = text.find(".Lfunc_end", begin);
    return begin == text.npos ? "" : text.substr(begin, end - begin);
  };
  for (const std::string &element : {q8, q4, std::string("f16")}) {
    const std::string code = assembly("x86-64-v3", element);
    EXPECT_THAT(function(code, "linear_1"), Not(HasSubstr("prefetch")));
    EXPECT_THAT(function(code, "linear_1.prefetch"), HasSubstr("prefetch"));
    EXPECT_THAT(function(code, "linear_1.unroll2"), Not(HasSubstr("prefetch")));
    EXPECT_THAT(function(code, "linear_1.unroll2.prefetch"), HasSubstr("prefetch"));
    EXPECT_THAT(code, Not(HasSubstr("vpdpbusd")));
  }
  for (const std::string &element : {q8, q4}) {
    const std::string code = assembly("x86-64-v4", element);
    for (const char *plain : {"linear_1", "linear_1.prefetch", "linear_n"})
      EXPECT_THAT(function(code, plain),
                  AllOf(HasSubstr("vpmaddubsw"), Not(HasSubstr("vpdpbusd"))));
    for (const char *richer : {"linear_1.vnni", "linear_1.vnni.unroll2.prefetch", "linear_n.vnni",
                               "linear_n.vnni.tokens8"})
      EXPECT_THAT(function(code, richer),
                  AllOf(HasSubstr("vpdpbusd"), Not(HasSubstr("vpmaddubsw"))));
  }
  EXPECT_THAT(assembly("x86-64-v4", "f16"), Not(HasSubstr("vnni")));
  // A certain processor's own come first.
  EXPECT_THAT(function(assembly("znver4", q8), "linear_1"), Not(HasSubstr("prefetch")));
  EXPECT_THAT(function(assembly("icelake-server", q8), "linear_1"), HasSubstr("prefetch"));
  EXPECT_THAT(assembly("neoverse-n1", q8), Not(HasSubstr("linear_1.")));
}

TEST_F(CpuCode, SaysWhatAlternativesNeed) {
  ASSERT_TRUE(compileProduct("x86-64-v4", q8));
  auto artifact = Artifact::open(folder.file("model.weft"));
  ASSERT_TRUE(artifact.has_value()) << artifact.error().message;
  const schema::Program &program = *artifact->metadata().programs()->Get(0);
  std::vector<std::string> needs;
  for (const schema::Step *step : *program.entries()->Get(0)->steps())
    for (const schema::Variant *variant : *step->variants())
      if (variant->most() == 1 && variant->alternatives())
        for (const schema::Alternative *other : *variant->alternatives())
          needs.push_back(program.kernels()->Get(other->kernel())->name()->str() + " " +
                          (other->features() ? other->features()->str() : "") + " " +
                          (other->favoredBy() ? "'" + other->favoredBy()->str() + "'" : ""));
  EXPECT_THAT(needs,
              ::testing::ElementsAre("linear_1.vnni.prefetch avx512vnni,avx512vbmi 'GenuineIntel'",
                                     "linear_1.vnni avx512vnni,avx512vbmi ''",
                                     "linear_1.vnni.unroll2 avx512vnni,avx512vbmi ",
                                     "linear_1.vnni.unroll2.prefetch avx512vnni,avx512vbmi ",
                                     "linear_1.prefetch  'GenuineIntel'"));
}

TEST_F(CpuCode, IntegerProductsUseTheBestInstruction) {
  for (const std::string &element : {q8, q4}) {
    EXPECT_THAT(assembly("x86-64-v3", element),
                AllOf(HasSubstr("vpmaddubsw"), HasSubstr("ymm"), Not(HasSubstr("vpdpbusd")),
                      Not(HasSubstr("zmm")), Not(ContainsRegex("[xy]mm(1[6-9]|[23][0-9])"))));
    EXPECT_THAT(assembly("x86-64-v4", element), ContainsRegex("vpmaddubsw[^\n]*zmm"));
    EXPECT_THAT(assembly("znver4", element),
                AllOf(ContainsRegex("vpdpbusd[^\n]*zmm"), Not(HasSubstr("vpmaddubsw"))));
    EXPECT_THAT(assembly("alderlake", element),
                AllOf(ContainsRegex("\\{vex\\}[ \t]*vpdpbusd[^\n]*ymm"), Not(HasSubstr("zmm")),
                      Not(HasSubstr("vpmaddubsw"))));
    EXPECT_THAT(assembly("neoverse-n1", element), ContainsRegex("sdot[^\n]*\\.4b\\["));
  }
}

TEST_F(CpuCode, DenseProductsFillTheRegisters) {
  EXPECT_THAT(assembly("x86-64-v3", "f16"),
              AllOf(ContainsRegex("vfmadd[^\n]*ymm"), Not(HasSubstr("zmm"))));
  EXPECT_THAT(assembly("x86-64-v4", "f16"), ContainsRegex("vfmadd[^\n]*zmm"));
  EXPECT_THAT(assembly("neoverse-n1", "f16"), ContainsRegex("fmla[^\n]*\\.4s"));
}

TEST_F(CpuCode, ProcessorsThatLackWhatItNeedsAreRefused) {
  auto message = [](const std::string &processor) {
    auto target = cpu::findTarget(processor);
    return target ? "" : target.error().message;
  };
  EXPECT_THAT(message("cortex-a53"), HasSubstr("'cortex-a53' lacks dotprod"));
  EXPECT_THAT(message("nehalem"), HasSubstr("'nehalem' lacks avx;"));
  EXPECT_THAT(message("x86-64-v2"), HasSubstr("needs x86-64-v3"));
  EXPECT_THAT(message("abacus"), HasSubstr("unknown processor 'abacus'"));
}

TEST_F(CpuCode, CodesThatKernelsWouldMisreadAreRefused) {
  const std::string plain4 = "f32, #weft.block<bits = 4, size = 32, scale = f16>";
  const std::string biased8 = "f32, #weft.block<bits = 8, size = 32, scale = f16, bias = 128>";
  for (const std::string &element : {plain4, biased8}) {
    Result<void> compiled = compileProduct("x86-64-v3", element);
    ASSERT_FALSE(compiled.has_value()) << element;
    EXPECT_THAT(compiled.error().message, HasSubstr("multiplies codes of 8 bits without a bias"));
    EXPECT_THAT(compiled.error().message, Not(HasSubstr("\n")));
  }
  ModelText m(1);
  TextValue table = m.matrix("table", 64, 64, plain4);
  Result<void> compiled = compileModel("x86-64-v3", m, m.embed("%tokens", table));
  ASSERT_FALSE(compiled.has_value());
  EXPECT_THAT(compiled.error().message, HasSubstr("codes of 4 bits with a bias or levels"));
  EXPECT_THAT(compiled.error().message, Not(HasSubstr("\n")));
}

TEST_F(CpuCode, ProgramsSayWhatTheyNeed) {
  for (auto [processor, name, last] : {std::tuple("x86-64-v3", "x86_64", "fma"),
                                       {"alderlake", "x86_64", "avxvnni"},
                                       {"x86-64-v4", "x86_64", "avx512vl"},
                                       {"znver4", "x86_64", "avx512vbmi"},
                                       {"neoverse-n1", "aarch64", "dotprod"}}) {
    auto target = cpu::findTarget(processor);
    ASSERT_TRUE(target.has_value()) << target.error().message;
    EXPECT_EQ(target->architecture, name);
    EXPECT_EQ(target->features.back(), last);
  }
}

} // namespace
} // namespace weft::test
