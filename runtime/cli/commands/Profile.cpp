// weft profile: where the time of a model goes, kernel by kernel.
#include "runtime/base/NewFile.h"
#include "runtime/base/SecondsSince.h"
#include "runtime/cli/Command.h"
#include "runtime/cli/measure/Bandwidth.h"
#include "runtime/cli/options/Arguments.h"
#include "runtime/cli/options/MeasuredLengths.h"
#include "runtime/cli/options/ModelOptions.h"
#include "runtime/cli/report/ProfileReport.h"
#include "runtime/cli/report/Trace.h"
#include "runtime/complete/LoadedModel.h"
#include "runtime/device/cpu/CpuName.h"
#include "runtime/generate/sampling/Random.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <vector>

namespace weft::cli {

using complete::LoadedModel;
using complete::LoadOptions;
using complete::threadsFor;

namespace {

struct ProfileOptions {
  LoadOptions model;
  MeasuredLengths lengths{.newTokens = 32};
  std::string trace;
  bool json = false;
};

/// Runs turns with clocks and without, one after the other, over ids that mean nothing.
class Profiler {
public:
  Profiler(const ProfileOptions &options, const LoadedModel &model)
      : options(options), model(model), session(*model.session),
        prompt("prompt", options.lengths.prompt, session.program(), session.entry()),
        decode("decode", 1, session.program(), session.entry()),
        trace(session.program(), session.entry()) {
    Random random(1);
    for (uint64_t i = 0; i < options.lengths.prompt + options.lengths.newTokens; ++i)
      ids.push_back(int32_t(random.next() % session.vocabulary()));
    positions.resize(ids.size());
    std::iota(positions.begin(), positions.end(), 0);
    sequences.resize(ids.size());
  }

  Result<void> measure();
  Json json() const;
  const Trace &traced() const { return trace; }
  bool interrupted = false;

private:
  Result<void> findRoofline();
  Result<void> turn(PhaseProfile &phase, uint64_t first, uint64_t count, bool timed, bool counted);
  Result<double> call(PhaseProfile &phase, uint64_t first, uint64_t count, bool row, bool counted);

  const ProfileOptions &options;
  const LoadedModel &model;
  Session &session;
  PhaseProfile prompt, decode;
  Trace trace;
  bool tracing = false;
  std::chrono::steady_clock::time_point traceStart;
  std::optional<Roofline> roofline;
  std::optional<ReadBandwidth> bandwidth;
  std::vector<int32_t> ids, positions, sequences;
};

/// One call with clocks: its seconds, without those of adding up what they saw.
Result<double> Profiler::call(PhaseProfile &phase, uint64_t first, uint64_t count, bool row,
                              bool counted) {
  const Batch batch{std::span(ids).subspan(first, count),
                    std::span(positions).subspan(first, count),
                    std::span(sequences).subspan(first, count),
                    {}};
  const int32_t last = int32_t(count) - 1;
  Batch wanted = batch;
  if (row)
    wanted.rows = std::span(&last, 1);
  std::vector<StepSpan> spans;
  const auto start = std::chrono::steady_clock::now();
  if (auto ran = session.forwardTimed(wanted, spans); !ran)
    return failFrom(ran);
  const double seconds = secondsSince(start);
  if (!counted)
    return seconds;
  auto work = workOfSteps(model.metadata(), session.entry(), {count, row ? 1u : 0u, first});
  if (!work)
    return failFrom(work);
  phase.addCall(spans, *work, roofline ? &*roofline : nullptr);
  if (tracing)
    trace.add(count == 1 ? "decode" : "prompt",
              std::chrono::duration<double>(start - traceStart).count(), seconds, spans);
  return seconds;
}

/// In as few calls as the session takes, with logits of the last token.
Result<void> Profiler::turn(PhaseProfile &phase, uint64_t first, uint64_t count, bool timed,
                            bool counted) {
  double seconds = 0;
  const uint64_t most = session.options().tokens;
  for (uint64_t done = 0; done < count;) {
    const uint64_t piece = std::min(most, count - done), from = first + done;
    done += piece;
    const bool row = done == count;
    if (timed) {
      auto took = call(phase, from, piece, row, counted);
      if (!took)
        return failFrom(took);
      seconds += *took;
    } else {
      const auto start = std::chrono::steady_clock::now();
      const int32_t last = int32_t(piece) - 1;
      auto ran = session.forward(
          {std::span(ids).subspan(from, piece), std::span(positions).subspan(from, piece),
           std::span(sequences).subspan(from, piece), std::span(&last, row ? 1 : 0)});
      if (!ran)
        return failFrom(ran);
      seconds += secondsSince(start);
    }
  }
  if (counted)
    phase.addTurn(timed, seconds);
  return {};
}

/// Of memory of the host alone: what other devices have of their own is not known here.
Result<void> Profiler::findRoofline() {
  if (!session.usesHostMemory())
    return {};
  auto traffic = decodeTraffic(model.metadata(), session.entry(),
                               options.lengths.prompt + options.lengths.newTokens / 2 + 1);
  if (!traffic)
    return failFrom(traffic);
  const unsigned threads = threadsFor(session.options());
  auto found = ReadBandwidth::find(threads, model.artifact->weights(), traffic->total());
  if (!found)
    return failFrom(found);
  bandwidth.emplace(std::move(*found));
  auto crew = Crew::make(threads);
  if (!crew)
    return failFrom(crew);
  roofline =
      Roofline{bandwidth->measure(), bandwidth->way().describe(), measurePeakOperations(**crew)};
  return {};
}

Result<void> Profiler::measure() {
  if (auto found = findRoofline(); !found)
    return found;
  Interrupt interrupt;
  Progress progress("profile", options.lengths.repeats + 1);
  // The first one touches pages and wakes threads, and is not counted.
  for (uint64_t repeat = 0; repeat <= options.lengths.repeats && !Interrupt::requested();
       ++repeat) {
    const bool counted = repeat > 0;
    tracing = repeat == options.lengths.repeats && !options.trace.empty();
    traceStart = std::chrono::steady_clock::now();
    if (options.lengths.prompt > 0)
      for (bool timed : {repeat % 2 == 0, repeat % 2 != 0})
        if (auto ran = turn(prompt, 0, options.lengths.prompt, timed, counted); !ran)
          return ran;
    for (uint64_t i = 0; i < options.lengths.newTokens; ++i) {
      // Memory is as fast as its neighbours let it, so that its peak is measured all along.
      if (bandwidth && i % 8 == 0)
        roofline->bytesPerSecond += (bandwidth->measure() - roofline->bytesPerSecond) / 8;
      for (bool timed : {i % 2 == 0, i % 2 != 0})
        if (auto ran = turn(decode, options.lengths.prompt + i, 1, timed, counted); !ran)
          return ran;
    }
    progress.update(repeat + 1, "");
  }
  interrupted = Interrupt::requested();
  return {};
}

Json Profiler::json() const {
  Json phases = Json::array();
  if (options.lengths.prompt > 0)
    phases.push_back(prompt.json(roofline.has_value()));
  if (options.lengths.newTokens > 0)
    phases.push_back(decode.json(roofline.has_value()));
  return {{"processor", cpuName()},
          {"device", options.model.session.device},
          {"threads", threadsFor(session.options())},
          {"roofline", roofline ? toJson(*roofline) : Json(nullptr)},
          {"phases", std::move(phases)}};
}

Result<int> profile(ProfileOptions &options) {
  auto model = openArtifact(options.model);
  if (!model)
    return failFrom(model);
  if (auto fitted = options.lengths.fit(options.model.session, model->metadata().context());
      !fitted)
    return failFrom(fitted);
  if (auto opened = openSession(*model, options.model.session); !opened)
    return failFrom(opened);
  Profiler profiler(options, *model);
  if (auto measured = profiler.measure(); !measured)
    return failFrom(measured);
  if (!options.trace.empty())
    if (auto written = writeNewFile(
            options.trace,
            profiler.traced().document().dump(-1, ' ', false, Json::error_handler_t::replace));
        !written)
      return failFrom(written);
  const Json json = profiler.json();
  auto written = options.json ? writeJson(json) : writeOutput(profileText(json));
  if (!written)
    return failFrom(written);
  return profiler.interrupted ? exitInterrupted : exitDone;
}

} // namespace

Command addProfile(CLI::App &weft) {
  auto options = std::make_shared<ProfileOptions>();
  CLI::App *app = weft.add_subcommand(
      "profile", "Show where the time of prompt and decode goes, by kernel, layer and thread");
  addModelPath(*app, options->model);
  options->lengths.addTo(*app);
  app->add_option(
         "--trace", options->trace,
         "Write a trace of what each thread did when in the last repeat, for ui.perfetto.dev")
      ->type_name("FILE.json");
  addSessionOptions(*app, options->model);
  app->add_flag("--json", options->json, "Write one JSON object");
  app->footer(
      "Each turn (a prompt, or a token) runs twice, with and without the clocks of the profile.\n"
      "The time of a kernel is the time in which threads work on it. While they work on several\n"
      "kernels, it is divided by the number of threads on each; waiting threads do not count.\n"
      "Bytes: weights, and KV cache read and written. Operations: two for each weight and token,\n"
      "and four for each query element and position in attention. Roofline: the share of the time\n"
      "that is needed at least, for the bytes at the machine's best read or for the operations at\n"
      "its peak (8-bit integers for weights in blocks, else f32), whichever is longer.\n"
      "Examples:\n"
      "  weft profile model.weft\n"
      "  weft profile model.weft -p 0 -n 64 -t 1 --json\n"
      "  weft profile model.weft --device vulkan --trace trace.json");
  return {app, [options] { return profile(*options); }};
}

} // namespace weft::cli
