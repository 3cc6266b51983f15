#include "runtime/cli/report/Traffic.h"

#include <algorithm>
#include <set>

namespace weft::cli {

namespace {

bool readsTokens(const schema::Entry &entry, const schema::Step &step) {
  return std::ranges::any_of(*step.bindings(), [&](const schema::Binding *binding) {
    return binding->space() == schema::Space::Input &&
           entry.inputs()->Get(binding->index())->kind() == schema::PortKind::Tokens;
  });
}

uint64_t parameterBytes(const schema::Parameter &parameter, bool oneRow) {
  const auto *shape = parameter.shape();
  if (!oneRow || shape->size() < 2 || shape->Get(0) == 0)
    return parameter.bytes();
  return parameter.bytes() / shape->Get(0);
}

} // namespace

Result<Traffic> decodeTraffic(const schema::Artifact &artifact, const schema::Entry &entry,
                              uint64_t length) {
  Traffic traffic;
  std::set<uint32_t> states; // others are of other programs
  for (const schema::Step *step : *entry.steps()) {
    const bool table = readsTokens(entry, *step);
    std::set<uint32_t> seen;
    for (const schema::Binding *binding : *step->bindings())
      if (binding->space() == schema::Space::State)
        states.insert(binding->index());
      else if (binding->space() == schema::Space::Parameter && seen.insert(binding->index()).second)
        traffic.weights +=
            parameterBytes(*artifact.parameters()->Get(binding->index()), table);
  }
  for (uint32_t state : states) {
    auto bytes = evaluate(*artifact.states()->Get(state)->size(), {1, 1, length, 1});
    if (!bytes)
      return failFrom(bytes);
    traffic.cache += *bytes;
  }
  return traffic;
}

} // namespace weft::cli
