#include "runtime/cli/measure/TimeShares.h"

#include <algorithm>
#include <tuple>

namespace weft::cli {

TimeShares shareTime(std::span<const StepSpan> spans, size_t steps) {
  TimeShares shares;
  shares.steps.resize(steps);
  struct Event {
    int64_t time;
    bool ends; // after what begins then
    uint32_t step;
  };
  std::vector<Event> events;
  for (const StepSpan &span : spans) {
    events.push_back({span.begin, false, span.step});
    events.push_back({span.end, true, span.step});
    if (shares.threads.size() <= span.thread)
      shares.threads.resize(span.thread + 1);
    shares.threads[span.thread] += 1e-9 * double(span.end - span.begin);
  }
  std::ranges::sort(events, {},
                    [](const Event &event) { return std::tuple(event.time, event.ends); });
  std::vector<uint32_t> active; // a step once for each thread at work on it
  for (size_t i = 0; i < events.size(); ++i) {
    const double seconds = i == 0 ? 0 : 1e-9 * double(events[i].time - events[i - 1].time);
    for (uint32_t step : active)
      shares.steps[step] += seconds / double(active.size());
    if (active.empty())
      shares.idle += seconds;
    if (events[i].ends)
      active.erase(std::ranges::find(active, events[i].step));
    else
      active.push_back(events[i].step);
  }
  return shares;
}

} // namespace weft::cli
