// Products of 2048 x 2048 in every storage format, for one token and for 512, on one thread
// or more, with what they reach of the best read and beside OpenBLAS.
//
//   build/bin/kernel_benchmark --benchmark_filter='512' --benchmark_repetitions=5
//   WEFT_THREADS=2 build/bin/kernel_benchmark --benchmark_filter='/1$'

#include "compiler/Compilation.h"
#include "ir/storage/Storage.h"
#include "runtime/artifact/Artifact.h"
#include "runtime/cli/measure/Bandwidth.h"
#include "runtime/device/cpu/CpuCaches.h"
#include "runtime/program/Session.h"
#include "tests/frontend/Files.h"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <optional>
#include <random>
#ifdef WEFT_HAS_OPENBLAS
#include <cblas.h>
#endif

namespace weft {
namespace {

constexpr int64_t width = 2048;

unsigned threads() {
  const char *asked = std::getenv("WEFT_THREADS");
  return asked ? std::max(1, std::atoi(asked)) : 1;
}

struct Format {
  const char *name;
  std::string element;
  double bits; // of a weight
};

/// A block format as the type of a tensor has it.
std::string blocks(unsigned bits, unsigned size, const std::string &more,
                   const char *scale = "f16") {
  return fmt::format("f32, #weft.block<bits = {}, size = {}, scale = {}{}>", bits, size, scale,
                     more);
}

const std::string levels = fmt::format(", levels = [{}]", fmt::join(normalLevels, ", "));

const Format formats[] = {
    {"f32", "f32", 32},
    {"bf16", "bf16", 16},
    {"f16", "f16", 16},
    {"q8", blocks(8, 32, ""), 8.5},
    {"Q4_0", blocks(4, 32, ", bias = 8"), 4.5},
    {"q4", blocks(4, 32, levels), 4.5},
    {"q4s", blocks(4, 32, levels, "f8E4M3B11FNUZ"), 4.25},
};

/// A chain of products of one stored matrix, many enough that no cache holds the weights.
/// Sums shrink by the deviation of the weights, so that nothing overflows.
class Chain {
public:
  explicit Chain(const Format &format) : format(format) {
    const double bytes = double(width) * width * format.bits / 8;
    count = std::max<int64_t>(4, int64_t(4.0 * double(lastLevelCacheBytes()) / bytes) + 1);
    writeWeights();
    writeModule();
    CompilationOptions options;
    options.input = folder.file("model.mlir");
    options.output = folder.file("model.weft");
    check(compile(options));
    auto opened = Artifact::open(options.output, threads());
    check(opened);
    artifact.emplace(std::move(*opened));
    SessionOptions session;
    session.threads = threads();
    session.context = 512;
    auto made = Session::open(*artifact, session);
    check(made);
    run = std::move(*made);
  }

  void forward(int64_t tokens) {
    std::vector<int32_t> ids(tokens), positions(tokens), sequences(tokens);
    for (int64_t i = 0; i < tokens; ++i)
      ids[i] = positions[i] = int32_t(i);
    const int32_t row = int32_t(tokens - 1);
    check(run->forward({ids, positions, sequences, std::span(&row, 1)}));
  }

  double operations(int64_t tokens) const { return 2.0 * width * width * double(count * tokens); }
  /// What one token reads a second, beside the best read of the same weights in turn with it:
  /// the median of 50 ratios.
  double ofBestRead() {
    auto read = cli::ReadBandwidth::find(threads(), artifact->weights(), uint64_t(weightBytes()));
    check(read);
    std::vector<double> ratios(50);
    for (double &ratio : ratios) {
      const auto start = std::chrono::steady_clock::now();
      forward(1);
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
      ratio = weightBytes() / took.count() / read->measure();
    }
    std::ranges::nth_element(ratios, ratios.begin() + 25);
    return ratios[25];
  }
  double weightBytes() const { return double(width) * width * double(count) * format.bits / 8; }

private:
  template <typename R> static void check(const R &result) {
    if (result)
      return;
    fmt::print(stderr, "kernel_benchmark: {}\n", result.error().message);
    std::exit(1);
  }

  void writeWeights() {
    std::mt19937 random(1);
    std::normal_distribution<float> normal(0, 1 / std::sqrt(float(width)));
    std::vector<float> values(width * width);
    for (float &value : values)
      value = normal(random);
    std::ofstream(folder.file("weights"), std::ios::binary)
        .write(reinterpret_cast<const char *>(values.data()),
               std::streamsize(values.size() * sizeof(float)));
  }

  void writeModule() {
    const std::string dense = fmt::format("tensor<{0}x{0}xf32>", width),
                      row = fmt::format("tensor<?x{}xf32>", width),
                      stored = fmt::format("tensor<{0}x{0}x{1}>", width, format.element);
    auto parameter = [&](const std::string &name, const std::string &type) {
      return fmt::format("weft.parameter @{} : {} from [#weft.source<tensor = \"{}\", file = "
                         "\"weights\", offset = 0, "
                         "type = {}>]\n",
                         name, type, name, dense);
    };
    std::string declarations = parameter("table", dense), body;
    for (int64_t i = 0; i < count; ++i) {
      declarations += parameter(fmt::format("w{}", i), stored);
      body += fmt::format(
          "%w{0} = weft.weight @w{0} : {1}\n%x{2} = weft.linear %x{0}, %w{0} : ({3}, {1}) -> {3}\n",
          i, stored, i + 1, row);
    }
    std::ofstream(folder.file("model.mlir")) << fmt::format(
        "module attributes {{weft.family = \"chain\", weft.vocabulary = {0} : i64, weft.context = "
        "512 : i64, "
        "weft.weight_count = {1} : i64, weft.config = {{}}}} {{\n{2}"
        "func.func @forward(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: "
        "tensor<?xi32>, "
        "%rows: tensor<?xi32> {{weft.rows}}) -> {3} {{\n%table = weft.weight @table : {4}\n"
        "%x0 = weft.embed %tokens in %table : (tensor<?xi32>, {4}) -> {3}\n{5}"
        "%y = weft.take_rows %x{6} at %rows : ({3}, tensor<?xi32>) -> {3}\nreturn %y : "
        "{3}\n}}\n}}\n",
        width, width * width * (count + 1), declarations, row, dense, body, count);
  }

  const Format &format;
  int64_t count = 0;
  test::TemporaryDirectory folder;
  std::optional<Artifact> artifact;
  std::unique_ptr<Session> run;
};

void product(benchmark::State &state, const Format &format) {
  Chain chain(format);
  const int64_t tokens = state.range(0);
  chain.forward(tokens); // Touches all pages.
  for (auto _ : state)
    chain.forward(tokens);
  auto rate = [&](double amount) {
    return benchmark::Counter(amount, benchmark::Counter::kIsIterationInvariantRate);
  };
  state.counters["op/s"] = rate(chain.operations(tokens));
  state.counters["read B/s"] = rate(chain.weightBytes());
  if (tokens == 1)
    state.counters["of best read"] = chain.ofBestRead();
}

#ifdef WEFT_HAS_OPENBLAS
void openBlas(benchmark::State &state) {
  const int64_t tokens = state.range(0);
  openblas_set_num_threads(int(threads()));
  std::vector<float> a(tokens * width, 0.5f), b(width * width, 0.25f), c(tokens * width);
  auto multiply = [&] {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, int(tokens), int(width), int(width), 1,
                a.data(), int(width), b.data(), int(width), 0, c.data(), int(width));
  };
  multiply();
  for (auto _ : state)
    multiply();
  state.SetLabel(openblas_get_corename());
  state.counters["op/s"] = benchmark::Counter(2.0 * width * width * double(tokens),
                                              benchmark::Counter::kIsIterationInvariantRate);
}
#endif

void registerAll() {
  for (const Format &format : formats)
    benchmark::RegisterBenchmark(format.name,
                                 [&](benchmark::State &state) { product(state, format); })
        ->Arg(1)
        ->Arg(512)
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
#ifdef WEFT_HAS_OPENBLAS
  benchmark::RegisterBenchmark("OpenBLAS f32", openBlas)
      ->Arg(512)
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
#endif
}

} // namespace
} // namespace weft

int main(int argc, char **argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 2;
  weft::registerAll();
  benchmark::RunSpecifiedBenchmarks();
}
