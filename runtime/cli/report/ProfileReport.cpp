#include "runtime/cli/report/ProfileReport.h"

#include "runtime/cli/measure/TimeShares.h"
#include "runtime/cli/report/Describe.h"

#include <algorithm>
#include <tuple>

namespace weft::cli {

double Roofline::seconds(const StepWork &work) const {
  const double peak = work.integers ? operations.int8 : operations.f32;
  return std::max(double(work.memory()) / bytesPerSecond, work.operations / peak);
}

PhaseProfile::Sum &PhaseProfile::Sum::operator+=(const Sum &other) {
  runs += other.runs;
  seconds += other.seconds;
  leastSeconds += other.leastSeconds;
  work.weights += other.work.weights;
  work.cacheRead += other.work.cacheRead;
  work.cacheWritten += other.work.cacheWritten;
  work.activations += other.work.activations;
  work.operations += other.work.operations;
  return *this;
}

void PhaseProfile::addCall(std::span<const StepSpan> spans, std::span<const StepWork> work,
                           const Roofline *roofline) {
  const TimeShares shares = shareTime(spans, steps.size());
  idle += shares.idle;
  threads.resize(std::max(threads.size(), shares.threads.size()));
  for (size_t i = 0; i < shares.threads.size(); ++i)
    threads[i] += shares.threads[i];
  std::map<uint32_t, uint32_t> kernelOf; // of the steps that ran
  for (const StepSpan &span : spans)
    kernelOf[span.step] = span.kernel;
  for (const auto &[step, kernel] : kernelOf) {
    const Sum sum = {1, shares.steps[step], roofline ? roofline->seconds(work[step]) : 0,
                     work[step]};
    steps[step] += sum;
    kernels[program.kernels()->Get(kernel)->name()->str()] += sum;
  }
}

std::string layerOf(std::string_view step) { return std::string(step.substr(0, step.find('/'))); }

static double medianOf(std::vector<double> values) {
  if (values.empty())
    return 0;
  std::ranges::sort(values);
  const size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

Json PhaseProfile::rows(const std::map<std::string, Sum> &sums, std::string_view key,
                        bool withRoofline) const {
  double all = 0;
  std::vector<std::pair<std::string, Sum>> sorted(sums.begin(), sums.end());
  for (const auto &[name, sum] : sorted)
    all += sum.seconds;
  std::ranges::sort(sorted, [](const auto &a, const auto &b) {
    return std::tuple(-a.second.seconds, a.first) < std::tuple(-b.second.seconds, b.first);
  });
  const double turns = double(std::max<size_t>(timedTurns.size(), 1));
  Json list = Json::array();
  for (const auto &[name, sum] : sorted)
    list.push_back(
        {{key, name},
         {"runs", sum.runs / turns},
         {"seconds", sum.seconds / turns},
         {"share", all > 0 ? sum.seconds / all : 0},
         {"weight_bytes", double(sum.work.weights) / turns},
         {"cache_bytes", double(sum.work.cacheRead + sum.work.cacheWritten) / turns},
         {"activation_bytes", double(sum.work.activations) / turns},
         {"operations", sum.work.operations / turns},
         {"of_roofline",
          withRoofline && sum.seconds > 0 ? Json(sum.leastSeconds / sum.seconds) : Json(nullptr)}});
  return list;
}

Json PhaseProfile::json(bool withRoofline) const {
  const double turns = double(std::max<size_t>(timedTurns.size(), 1));
  Sum all;
  std::map<std::string, Sum> layers;
  for (uint32_t step = 0; step < steps.size(); ++step) {
    all += steps[step];
    if (steps[step].runs > 0)
      layers[layerOf(entry.steps()->Get(step)->name()->string_view())] += steps[step];
  }
  const double timed = medianOf(timedTurns), plain = medianOf(plainTurns);
  Json ofThreads = Json::array();
  double timedAll = 0;
  for (double seconds : timedTurns)
    timedAll += seconds;
  for (size_t i = 0; i < threads.size(); ++i)
    ofThreads.push_back({{"thread", i},
                         {"busy_seconds", threads[i] / turns},
                         {"share", timedAll > 0 ? threads[i] / timedAll : 0}});
  return {{"phase", name},
          {"tokens", tokens},
          {"turns", timedTurns.size()},
          {"seconds", plain},
          {"profiled_seconds", timed},
          {"overhead", plain > 0 ? timed / plain - 1 : 0},
          // Of the time with the clocks, whose kernels these are.
          {"in_kernels", timedAll > 0 ? all.seconds / timedAll : 0},
          {"idle_seconds", idle / turns},
          {"memory_bytes", double(all.work.memory()) / turns},
          {"operations", all.work.operations / turns},
          {"of_roofline",
           withRoofline && timedAll > 0 ? Json(all.leastSeconds / timedAll) : Json(nullptr)},
          {"kernels", rows(kernels, "kernel", withRoofline)},
          {"layers", rows(layers, "layer", withRoofline)},
          {"threads", ofThreads}};
}

Json toJson(const Roofline &roofline) {
  return {{"read_bytes_per_second", roofline.bytesPerSecond},
          {"read_way", roofline.way},
          {"int8_operations_per_second", roofline.operations.int8},
          {"f32_operations_per_second", roofline.operations.f32}};
}

namespace {

/// Four figures and a unit: "12.35 M".
std::string scaled(double number) {
  constexpr std::string_view units[] = {"", " k", " M", " G", " T"};
  size_t unit = 0;
  while (number >= 1000 && unit + 1 < std::size(units)) {
    number /= 1000;
    ++unit;
  }
  return fmt::format("{:.4g}{}", number, units[unit]);
}

std::string percent(const Json &part) {
  return part.is_null() ? "-" : fmt::format("{:.1f}%", 100 * part.get<double>());
}

std::string rowsText(const Json &rows, const char *key) {
  size_t width = std::string_view(key).size();
  for (const Json &row : rows)
    width = std::max(width, plain(row[key]).size());
  std::string text =
      fmt::format("  {:<{}}  {:>6} {:>11} {:>7} {:>10} {:>10} {:>9} {:>9} {:>9}\n", key, width,
                  "runs", "ms", "share", "bytes", "operations", "GB/s", "Gop/s", "roofline");
  for (const Json &row : rows) {
    const double seconds = row["seconds"].get<double>();
    const double bytes = row["weight_bytes"].get<double>() + row["cache_bytes"].get<double>();
    const double operations = row["operations"].get<double>();
    text += fmt::format(
        "  {:<{}}  {:>6.5g} {:>11.4f} {:>7} {:>10} {:>10} {:>9.2f} {:>9.1f} {:>9}\n",
        plain(row[key]), width, row["runs"].get<double>(), 1e3 * seconds, percent(row["share"]),
        scaled(bytes), scaled(operations), seconds > 0 ? 1e-9 * bytes / seconds : 0,
        seconds > 0 ? 1e-9 * operations / seconds : 0, percent(row["of_roofline"]));
  }
  return text;
}

std::string phaseText(const Json &phase) {
  std::string text = fmt::format(
      "\n{}, {} a turn: {:.4f} ms, {:.4f} with the profile ({:+.1f}%), of which kernels {}, nobody "
      "at work {:.4f} ms{}\n",
      plain(phase["phase"]),
      phase["tokens"] == 1 ? "a token" : fmt::format("{} tokens", phase["tokens"].get<uint64_t>()),
      1e3 * phase["seconds"].get<double>(), 1e3 * phase["profiled_seconds"].get<double>(),
      100 * phase["overhead"].get<double>(), percent(phase["in_kernels"]),
      1e3 * phase["idle_seconds"].get<double>(),
      phase["of_roofline"].is_null()
          ? ""
          : fmt::format("; {} of the roofline", percent(phase["of_roofline"])));
  text += rowsText(phase["kernels"], "kernel") + "\n" + rowsText(phase["layers"], "layer") + "\n";
  for (const Json &thread : phase["threads"])
    text += fmt::format("  thread {}  at work {:.4f} ms, {}\n", thread["thread"].get<unsigned>(),
                        1e3 * thread["busy_seconds"].get<double>(), percent(thread["share"]));
  return text;
}

} // namespace

std::string profileText(const Json &profile) {
  std::string text = fmt::format("{}, {} threads\n", plain(profile["processor"]),
                                 profile["threads"].get<unsigned>());
  if (const Json &roofline = profile["roofline"]; !roofline.is_null())
    text += fmt::format(
        "roofline: {:.2f} GB/s ({}), {:.0f} Gop/s of 8-bit integers, {:.0f} of f32\n",
        1e-9 * roofline["read_bytes_per_second"].get<double>(), plain(roofline["read_way"]),
        1e-9 * roofline["int8_operations_per_second"].get<double>(),
        1e-9 * roofline["f32_operations_per_second"].get<double>());
  for (const Json &phase : profile["phases"])
    text += phaseText(phase);
  return text;
}

} // namespace weft::cli
