// weft bench: how fast a model runs, and how near to the memory's limit.
#include "runtime/base/SecondsSince.h"
#include "runtime/cli/Command.h"
#include "runtime/cli/commands/BenchSteps.h"
#include "runtime/cli/options/Arguments.h"
#include "runtime/cli/report/Bandwidth.h"
#include "runtime/cli/report/DescribeVariants.h"
#include "runtime/cli/report/Json.h"
#include "runtime/cli/report/Traffic.h"
#include "runtime/complete/LoadedModel.h"
#include "runtime/device/Registry.h"
#include "runtime/device/cpu/CpuCaches.h"
#include "runtime/generate/Decoder.h"
#include "runtime/generate/sampling/Random.h"
#include "runtime/program/ProgramChoice.h"

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
  uint64_t prompt = 512, newTokens = 64, repeats = 5;
  CLI::Option *promptOption = nullptr;
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
  /// Bytes a second that a plain read reaches, measured after every repeat.
  std::optional<Rates> bandwidth;
  /// What decoding reads of it: of every repeat beside the plain reads around it.
  std::optional<Rates> fraction;
  bool interrupted = false;

  double readRate() const { return decode ? decode->median * double(traffic.total()) : 0; }
};

/// Runs prompts of ids that mean nothing: speed does not depend on them.
class Runs {
public:
  Runs(Decoder &decoder, const BenchOptions &options) : decoder(decoder), options(options) {
    Random random(1);
    for (uint64_t i = 0; i < options.prompt + options.newTokens; ++i)
      ids.push_back(int32_t(random.next() % decoder.vocabulary()));
  }

  /// One prompt and its decoding; adds to the rates if `counted`.
  Result<void> once(bool counted) {
    const std::span<const int32_t> all(ids);
    if (auto rate = timed(all.first(options.prompt), 0, options.prompt); !rate)
      return failFrom(rate);
    else if (counted && options.prompt > 0)
      promptRates.push_back(*rate);
    if (auto rate = timed(all.subspan(options.prompt), options.prompt, 1); !rate)
      return failFrom(rate);
    else if (counted && options.newTokens > 0)
      decodeRates.push_back(*rate);
    return {};
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

Result<Traffic> trafficOf(const LoadedModel &model, const BenchOptions &options) {
  auto device = makeDevice(options.model.session.device, 1);
  if (!device)
    return failFrom(device);
  auto program = chooseProgram(*model.artifact, **device);
  if (!program)
    return failFrom(program);
  auto entry = findEntry(**program, "forward");
  if (!entry)
    return failFrom(entry);
  return decodeTraffic(model.metadata(), **entry, options.prompt + options.newTokens / 2);
}

Result<Measured> measure(const BenchOptions &options, const LoadedModel &model, unsigned threads) {
  Measured measured;
  auto traffic = trafficOf(model, options);
  if (!traffic)
    return failFrom(traffic);
  measured.traffic = *traffic;

  Interrupt interrupt;
  SessionDecoder decoder(*model.session);
  Runs runs(decoder, options);
  auto bandwidth = ReadBandwidth::make(threads);
  if (!bandwidth)
    return failFrom(bandwidth);
  std::vector<double> plain, fractions;
  {
    Progress progress("bench", options.repeats + 1);
    // The first one touches pages and wakes threads, and is not counted.
    double before = 0;
    for (uint64_t repeat = 0; repeat <= options.repeats && !Interrupt::requested(); ++repeat) {
      if (auto done = runs.once(repeat > 0); !done)
        return failFrom(done);
      // Other machines on the same memory come and go, so it is measured each time.
      const double after = bandwidth->measure();
      if (repeat > 0) {
        plain.push_back(after);
        if (options.newTokens > 0)
          fractions.push_back(runs.decodeRates.back() * double(traffic->total()) /
                              ((before + after) / 2));
      }
      before = after;
      progress.update(repeat + 1, "");
    }
  }
  measured.interrupted = Interrupt::requested();
  measured.prompt = Rates::of(runs.promptRates);
  measured.decode = Rates::of(runs.decodeRates);
  measured.bandwidth = Rates::of(plain);
  measured.fraction = Rates::of(fractions);
  return measured;
}

std::string describe(const Measured &measured, const BenchOptions &options, unsigned threads) {
  auto line = [&](std::string_view name, uint64_t tokens, const std::optional<Rates> &rates) {
    return rates ? fmt::format("{} {:>5} tokens  {:>10.1f} tok/s  (min {:.1f}, max {:.1f})\n", name,
                               tokens, rates->median, rates->least, rates->most)
                 : std::string();
  };
  std::string text = fmt::format("{} threads, {} repeats\n", threads, options.repeats) +
                     line("prompt", options.prompt, measured.prompt) +
                     line("decode", options.newTokens, measured.decode);
  text += fmt::format("bytes read per token  {} (weights {}, cache {})\n", measured.traffic.total(),
                      measured.traffic.weights, measured.traffic.cache);
  if (measured.bandwidth)
    text += fmt::format("read bandwidth        {:.2f} GB/s  (min {:.2f}, max {:.2f})\n",
                        measured.bandwidth->median / 1e9, measured.bandwidth->least / 1e9,
                        measured.bandwidth->most / 1e9);
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
               {"repeats", options.repeats},
               {"load_seconds", loadSeconds},
               {"prompt_tokens", options.prompt},
               {"prompt_tokens_per_second", rates(measured.prompt)},
               {"decode_tokens", options.newTokens},
               {"decode_tokens_per_second", rates(measured.decode)},
               {"bytes_per_token",
                {{"weights", measured.traffic.weights},
                 {"cache", measured.traffic.cache},
                 {"total", measured.traffic.total()}}},
               {"last_level_cache_bytes", lastLevelCacheBytes()},
               {"read_bandwidth_bytes_per_second", nullptr},
               {"bandwidth_fraction", nullptr}};
  if (measured.bandwidth)
    json["read_bandwidth_bytes_per_second"] = measured.bandwidth->median;
  if (measured.fraction)
    json["bandwidth_fraction"] = measured.fraction->median;
  return json;
}

/// Makes the context long enough; a prompt that nobody asked for gives way to a model of a
/// short context.
Result<void> chooseLengths(BenchOptions &options, uint64_t modelContext) {
  SessionOptions &session = options.model.session;
  const uint64_t most = session.context ? session.context : modelContext;
  if (options.promptOption->count() == 0 && most > options.newTokens)
    options.prompt = std::min(options.prompt, most - options.newTokens);
  const uint64_t positions = options.prompt + options.newTokens;
  if (positions == 0)
    return fail("expected something to measure, found -p 0 and -n 0");
  if (session.context == 0)
    session.context = positions;
  if (session.context < positions)
    return fail(fmt::format("expected a context of at least {} (-p and -n together), found {}",
                            positions, session.context));
  return {};
}

Result<int> bench(BenchOptions &options) {
  auto model = openArtifact(options.model);
  if (!model)
    return failFrom(model);
  if (auto chosen = chooseLengths(options, model->metadata().context()); !chosen)
    return failFrom(chosen);
  if (auto opened = openSession(*model, options.model.session); !opened)
    return failFrom(opened);
  if (options.stepByLine) {
    SessionDecoder decoder(*model->session);
    auto stepped = stepByLine(decoder, options.prompt, options.newTokens);
    if (!stepped)
      return failFrom(stepped);
    return exitDone;
  }
  const unsigned threads = threadsFor(model->session->options());
  auto measured = measure(options, *model, threads);
  if (!measured)
    return failFrom(measured);
  const Json variants = variantsJson(model->session->variants());
  Json json = toJson(*measured, options, threads, model->loadSeconds);
  json["variants"] = variants;
  auto written = options.json
                     ? writeJson(json)
                     : writeOutput(describe(*measured, options, threads) +
                                   (variants.empty() ? "" : "variants\n") + variantsText(variants));
  if (!written)
    return failFrom(written);
  return measured->interrupted ? exitInterrupted : exitDone;
}

} // namespace

Command addBench(CLI::App &weft) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App *app = weft.add_subcommand("bench", "Measure tokens per second and memory traffic");
  addModelPath(*app, options->model);
  options->promptOption =
      app->add_option("-p,--prompt", options->prompt,
                      "Tokens of the prompt (fewer by default if the context is short)")
          ->type_name("N")
          ->check(wholeNumber(0, 1 << 24))
          ->capture_default_str();
  app->add_option("-n,--new-tokens", options->newTokens, "Tokens decoded one by one after it")
      ->type_name("N")
      ->check(wholeNumber(0, 1 << 24))
      ->capture_default_str();
  app->add_option("-r,--repeats", options->repeats, "How often, after a first run to warm up")
      ->type_name("N")
      ->check(wholeNumber(1, 10000))
      ->capture_default_str();
  addSessionOptions(*app, options->model);
  CLI::Option *json = app->add_flag("--json", options->json, "Write one JSON object");
  app->add_flag(
         "--step-by-line", options->stepByLine,
         "For each line of standard input decode one of -n tokens behind the prompt, over and "
         "over, or with -n 0 read the prompt again, and write the seconds that it took "
         "(benchmarks/turns)")
      ->excludes(json);
  app->footer("Bytes read per token: the weights that decoding touches (of an embedding one row) "
              "and the\ncache at the middle of the decoded tokens. The bandwidth is measured in "
              "the same run, by as\nmany threads reading a buffer larger than the last-level "
              "cache.\n"
              "Examples:\n"
              "  weft bench model.weft\n"
              "  weft bench model.weft -p 128 -n 32 -t 1 -r 9 --json");
  return {app, [options] { return bench(*options); }};
}

} // namespace weft::cli
