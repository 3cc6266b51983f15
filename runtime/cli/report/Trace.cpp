#include "runtime/cli/report/Trace.h"

#include <algorithm>

namespace weft::cli {

namespace {

// Of one process; thread 0 is the track of whole calls.
constexpr int process = 1, callTrack = 0, firstTrack = 1;

Json named(const char *what, uint32_t track, const std::string &name) {
  return {
      {"name", what}, {"ph", "M"}, {"pid", process}, {"tid", track}, {"args", {{"name", name}}}};
}

} // namespace

void Trace::add(std::string_view phase, double beginSeconds, double seconds,
                std::span<const StepSpan> spans) {
  const double begin = 1e6 * beginSeconds; // microseconds, as the format has it
  events.push_back({{"name", phase},
                    {"cat", "call"},
                    {"ph", "X"},
                    {"pid", process},
                    {"tid", callTrack},
                    {"ts", begin},
                    {"dur", 1e6 * seconds}});
  for (const StepSpan &span : spans) {
    threads = std::max(threads, span.thread + 1);
    events.push_back({{"name", program.kernels()->Get(span.kernel)->name()->str()},
                      {"cat", phase},
                      {"ph", "X"},
                      {"pid", process},
                      {"tid", firstTrack + span.thread},
                      {"ts", begin + 1e-3 * double(span.begin)},
                      {"dur", 1e-3 * double(span.end - span.begin)},
                      {"args", {{"step", entry.steps()->Get(span.step)->name()->str()}}}});
  }
}

Json Trace::document() const {
  Json all = Json::array(
      {named("process_name", callTrack, "weft"), named("thread_name", callTrack, "calls")});
  for (uint32_t thread = 0; thread < threads; ++thread)
    all.push_back(named("thread_name", firstTrack + thread, fmt::format("thread {}", thread)));
  all.insert(all.end(), events.begin(), events.end());
  return {{"displayTimeUnit", "ms"}, {"traceEvents", std::move(all)}};
}

} // namespace weft::cli
