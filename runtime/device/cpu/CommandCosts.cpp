#include "runtime/device/cpu/CommandCosts.h"

#include "runtime/device/cpu/RunCommands.h"

#include <algorithm>
#include <bit>

namespace weft {

/// A clock is read for each command of a run that is measured, which tiny models notice.
constexpr uint32_t runsPerMeasure = 32;
/// A cost that grew by more is looked at again soon.
constexpr float suddenly = 1.5f;

bool CommandCosts::begin(int64_t tokens) {
  kind = std::min(unsigned(std::bit_width(uint64_t(tokens))), kinds) - (tokens > 0 ? 1 : 0);
  Kind &now = ofKind[kind];
  const bool measures = now.due > 0 || now.runs % runsPerMeasure == 0;
  ++now.runs;
  now.due -= now.due > 0;
  now.decided &= !measures;
  return measures;
}

float CommandCosts::ofGroup(size_t index, const Command &command) const {
  const Cost &cost = costs[kind * commands + index];
  return cost.kernel == command.kernel ? cost.least : 0;
}

void CommandCosts::add(size_t index, const Command &command, int64_t groups,
                       std::chrono::nanoseconds took) {
  if (groups == 0)
    return;
  Cost &cost = costs[kind * commands + index];
  const float now = std::max(1e-3f, float(took.count()) / float(groups));
  if (cost.kernel != command.kernel)
    cost = {command.kernel, now, now};
  else if (now > suddenly * cost.last)
    ofKind[kind].due = 1;
  cost.least = std::min(now, cost.last);
  cost.last = now;
}

bool CommandCosts::worthSharing(std::span<const Command> list, unsigned threads) {
  // What waking a thread costs the one who does, and more.
  constexpr float leastSaved = 10'000, leastPart = 0.1f;
  Kind &now = ofKind[kind];
  if (now.decided)
    return now.worth;
  float all = 0, saved = 0;
  bool known = true;
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i].groups == 0)
      continue;
    const float cost = ofGroup(i, list[i]) * float(list[i].groups);
    known &= cost > 0;
    all += cost;
    if (cost >= leastSharedCost)
      saved += cost * (1 - 1 / float(std::min<int64_t>(threads, list[i].groups)));
  }
  now.worth = !known || saved > std::max(leastSaved, leastPart * all);
  now.decided = true;
  return now.worth;
}

} // namespace weft
