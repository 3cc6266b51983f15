// weft bench: how fast a model runs, and how near to the memory's limit.
#include "runtime/base/SecondsSince.h"
#include "runtime/cli/Command.h"
#include "runtime/cli/commands/BenchSteps.h"
#include "runtime/cli/measure/Bandwidth.h"
#include "runtime/cli/measure/Traffic.h"
#include "runtime/cli/options/Arguments.h"
#include "runtime/cli/options/MeasuredLengths.h"
#include "runtime/cli/options/ModelOptions.h"
#include "runtime/cli/report/DescribeVariants.h"
#include "runtime/cli/report/Json.h"
#include "runtime/complete/LoadedModel.h"
#include "runtime/device/cpu/CpuCaches.h"
#include "runtime/generate/Decoder.h"
#include "runtime/generate/sampling/Random.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <vector>

namespace weft::cli {

namespace {

struct BenchOptions {
  LoadOptions model;
  MeasuredLengths lengths;
  bool json = false, stepByLine = false;
};

/// Tokens per second over the repeats.
struct Rates {
  double median = 0, least = 0, most = 0;

  static std::optional<Rates> of(std::vector<double> rates) {
    if (rates.empty())
      return std::nullopt;
    std::ranges::sort(rates);
    const size_t middle = rates.size() / 2;
    const double median =
        rates.size() % 2 ? rates[middle] : (rates[middle - 1] + rates[middle]) / 2;
    return Rates{median, rates.front(), rates.back()};
  }
};

struct Measured {
  std::optional<Rates> prompt, decode;
  Traffic traffic;
  /// Bytes a second of the best read of the machine, in turn with decoded tokens, and how it
  /// reads.
  std::optional<Rates> bandwidth;
  std::string way;
  /// What a decoded token reads of it: of every pair of a token and a read.
  std::optional<Rates> fraction;
  bool interrupted = false;

  double readRate() const { return decode ? decode->median * double(traffic.total()) : 0; }
};

/// Runs prompts of ids that mean nothing: speed does not depend on them.
class Runs {
public:
  Runs(Decoder &decoder, const BenchOptions &options) : decoder(decoder), options(options) {
    Random random(1);
    for (uint64_t i = 0; i < options.lengths.prompt + options.lengths.newTokens; ++i)
      ids.push_back(int32_t(random.next() % decoder.vocabulary()));
  }

  /// One prompt and its decoding; adds to the rates if `counted`.
  Result<void> once(bool counted) {
    const std::span<const int32_t> all(ids);
    if (auto rate = timed(all.first(options.lengths.prompt), 0, options.lengths.prompt); !rate)
      return failFrom(rate);
    else if (counted && options.lengths.prompt > 0)
      promptRates.push_back(*rate);
    if (auto rate = timed(all.subspan(options.lengths.prompt), options.lengths.prompt, 1); !rate)
      return failFrom(rate);
    else if (counted && options.lengths.newTokens > 0)
      decodeRates.push_back(*rate);
    return {};
  }

  /// Tokens a second of the decoding of one of the tokens again; of several in a row where one
  /// takes so little time that the waking of threads would count.
  Result<double> oneToken(uint64_t number) {
    constexpr double enough = 2e-3, longEnough = 5e-3;
    const uint64_t position = options.lengths.prompt + number % options.lengths.newTokens;
    auto rate = timed(std::span(ids).subspan(position, 1), position, 1);
    double seconds = 0;
    uint64_t tokens = 0;
    for (; rate && 1 / *rate < longEnough && seconds < enough; ++tokens) {
      rate = timed(std::span(ids).subspan(position, 1), position, 1);
      seconds += rate ? 1 / *rate : 0;
    }
    if (!rate || tokens == 0)
      return rate;
    return double(tokens) / seconds;
  }

  std::vector<double> promptRates, decodeRates;

private:
  /// Tokens per second, `piece` tokens at a time, with logits of the last of each piece.
  Result<double> timed(std::span<const int32_t> tokens, uint64_t position, uint64_t piece) {
    const auto start = std::chrono::steady_clock::now();
    for (uint64_t begin = 0; begin < tokens.size(); begin += piece) {
      auto fed = feed(decoder, tokens.subspan(begin, piece), position + begin, piece - 1,
                      [](uint64_t, std::span<const float>) -> Result<void> { return {}; });
      if (!fed)
        return failFrom(fed);
    }
    return double(tokens.size()) / std::max(secondsSince(start), 1e-9);
  }

  Decoder &decoder;
  const BenchOptions &options;
  std::vector<int32_t> ids;
};

/// A token and a read in turn: other machines on the same memory come and go.
Result<void> compareWithReads(Runs &runs, const LoadedModel &model, unsigned threads,
                              Measured &measured) {
  constexpr uint64_t pairs = 50;
  const uint64_t bytes = measured.traffic.total();
  auto bandwidth = ReadBandwidth::find(threads, model.artifact->weights(), bytes);
  if (!bandwidth)
    return failFrom(bandwidth);
  measured.way = bandwidth->way().describe();
  std::vector<double> reads, fractions;
  for (uint64_t pair = 0; pair < pairs && !Interrupt::requested(); ++pair) {
    auto rate = runs.oneToken(pair);
    if (!rate)
      return failFrom(rate);
    reads.push_back(bandwidth->measure());
    fractions.push_back(*rate * double(bytes) / reads.back());
  }
  measured.bandwidth = Rates::of(reads);
  measured.fraction = Rates::of(fractions);
  return {};
}

Result<Measured> measure(const BenchOptions &options, const LoadedModel &model, unsigned threads) {
  Measured measured;
  auto traffic = decodeTraffic(model.metadata(), model.session->entry(),
                               options.lengths.prompt + options.lengths.newTokens / 2);
  if (!traffic)
    return failFrom(traffic);
  measured.traffic = *traffic;

  Interrupt interrupt;
  SessionDecoder decoder(*model.session);
  Runs runs(decoder, options);
  {
    Progress progress("bench", options.lengths.repeats + 1);
    // The first one touches pages and wakes threads, and is not counted.
    for (uint64_t repeat = 0; repeat <= options.lengths.repeats && !Interrupt::requested();
         ++repeat) {
      if (auto done = runs.once(repeat > 0); !done)
        return failFrom(done);
      progress.update(repeat + 1, "");
    }
  }
  if (options.lengths.newTokens > 0)
    if (auto compared = compareWithReads(runs, model, threads, measured); !compared)
      return failFrom(compared);
  measured.interrupted = Interrupt::requested();
  measured.prompt = Rates::of(runs.promptRates);
  measured.decode = Rates::of(runs.decodeRates);
  return measured;
}

std::string describeMeasured(const Measured &measured, const BenchOptions &options,
                             unsigned threads) {
  auto line = [&](std::string_view name, uint64_t tokens, const std::optional<Rates> &rates) {
    return rates ? fmt::format("{} {:>5} tokens  {:>10.1f} tok/s  (min {:.1f}, max {:.1f})\n", name,
                               tokens, rates->median, rates->least, rates->most)
                 : std::string();
  };
  std::string text = fmt::format("{} threads, {} repeats\n", threads, options.lengths.repeats) +
                     line("prompt", options.lengths.prompt, measured.prompt) +
                     line("decode", options.lengths.newTokens, measured.decode);
  text += fmt::format("bytes read per token  {} (weights {}, cache {})\n", measured.traffic.total(),
                      measured.traffic.weights, measured.traffic.cache);
  if (measured.bandwidth)
    text += fmt::format("best read             {:.2f} GB/s  (min {:.2f}, max {:.2f}; {})\n",
                        measured.bandwidth->median / 1e9, measured.bandwidth->least / 1e9,
                        measured.bandwidth->most / 1e9, measured.way);
  if (measured.fraction)
    text += fmt::format(
        "decode reads          {:.2f} GB/s, {:.1f}% of it  (min {:.1f}, max {:.1f}){}\n",
        measured.readRate() / 1e9, 100 * measured.fraction->median, 100 * measured.fraction->least,
        100 * measured.fraction->most,
        measured.traffic.total() < lastLevelCacheBytes() ? ", the model fits into the cache" : "");
  return text;
}

Json toJson(const Measured &measured, const BenchOptions &options, unsigned threads,
            double loadSeconds) {
  auto rates = [](const std::optional<Rates> &rates) -> Json {
    if (!rates)
      return nullptr;
    return {{"median", rates->median}, {"min", rates->least}, {"max", rates->most}};
  };
  Json json = {{"threads", threads},
               {"repeats", options.lengths.repeats},
               {"load_seconds", loadSeconds},
               {"prompt_tokens", options.lengths.prompt},
               {"prompt_tokens_per_second", rates(measured.prompt)},
               {"decode_tokens", options.lengths.newTokens},
               {"decode_tokens_per_second", rates(measured.decode)},
               {"bytes_per_token",
                {{"weights", measured.traffic.weights},
                 {"cache", measured.traffic.cache},
                 {"total", measured.traffic.total()}}},
               {"last_level_cache_bytes", lastLevelCacheBytes()},
               {"read_bandwidth_bytes_per_second", nullptr},
               {"read_way", measured.way},
               {"bandwidth_fraction", nullptr}};
  if (measured.bandwidth)
    json["read_bandwidth_bytes_per_second"] = measured.bandwidth->median;
  if (measured.fraction)
    json["bandwidth_fraction"] = measured.fraction->median;
  return json;
}

Result<int> bench(BenchOptions &options) {
  auto model = openArtifact(options.model);
  if (!model)
    return failFrom(model);
  if (auto fitted = options.lengths.fit(options.model.session, model->metadata().context());
      !fitted)
    return failFrom(fitted);
  if (auto opened = openSession(*model, options.model.session); !opened)
    return failFrom(opened);
  if (options.stepByLine) {
    SessionDecoder decoder(*model->session);
    auto stepped = stepByLine(decoder, options.lengths.prompt, options.lengths.newTokens);
    if (!stepped)
      return failFrom(stepped);
    return exitDone;
  }
  const unsigned threads = complete::threadsFor(model->session->options());
  auto measured = measure(options, *model, threads);
  if (!measured)
    return failFrom(measured);
  const Json variants = variantsJson(model->session->variants());
  Json json = toJson(*measured, options, threads, model->loadSeconds);
  json["variants"] = variants;
  auto written = options.json
                     ? writeJson(json)
                     : writeOutput(describeMeasured(*measured, options, threads) +
                                   (variants.empty() ? "" : "variants\n") + variantsText(variants));
  if (!written)
    return failFrom(written);
  return measured->interrupted ? exitInterrupted : exitDone;
}

} // namespace

Command addBench(CLI::App &weft) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App *app = weft.add_subcommand(
      "bench", "Measure tokens per second, and compare decoding with the machine's read bandwidth");
  addModelPath(*app, options->model);
  options->lengths.addTo(*app);
  addSessionOptions(*app, options->model);
  CLI::Option *json = app->add_flag("--json", options->json, "Write one JSON object");
  app->add_flag("--step-by-line", options->stepByLine,
                "For each line of standard input, decode the next of -n tokens after the prompt "
                "(over and over; with -n 0, compute the prompt again) and write the seconds it "
                "took. For benchmarks/turns")
      ->excludes(json);
  app->footer(
      "The prompt is random tokens. Rates are medians, with their minimum and maximum.\n"
      "Bytes read per token: the weights that decoding reads (one row of an embedding table) and "
      "the\n"
      "KV cache at the middle of the decoded tokens. Best read, the roofline of decoding: as many\n"
      "bytes read by as many threads, by the fastest of several ways (streams, prefetch "
      "distances,\n"
      "huge pages, arithmetic between loads), alternating with decoded tokens; the median of 50 "
      "pairs.\n"
      "Examples:\n"
      "  weft bench model.weft\n"
      "  weft bench model.weft -p 128 -n 32 -t 1 -r 9 --json");
  return {app, [options] { return bench(*options); }};
}

} // namespace weft::cli
