#include "runtime/cli/measure/Traffic.h"

#include <algorithm>
#include <map>
#include <set>

namespace weft::cli {

namespace {

/// Reads the steps in order.
class Worker {
public:
  Worker(const schema::Artifact &artifact, const schema::Entry &entry, const CallSize &call)
      : artifact(artifact), entry(entry), call(call) {
    for (const schema::Step *step : *entry.steps())
      for (uint32_t state : statesOf(*step))
        ++usersOf[state].all;
  }

  Result<StepWork> work(const schema::Step &step);

private:
  struct Users {
    unsigned all = 0, seen = 0;
  };

  static std::set<uint32_t> statesOf(const schema::Step &step) {
    std::set<uint32_t> states;
    for (const schema::Binding *binding : *step.bindings())
      if (binding->space() == schema::Space::State)
        states.insert(binding->index());
    return states;
  }
  bool readsTokens(const schema::Step &step) const {
    return std::ranges::any_of(*step.bindings(), [&](const schema::Binding *binding) {
      return binding->space() == schema::Space::Input &&
             entry.inputs()->Get(binding->index())->kind() == schema::PortKind::Tokens;
    });
  }
  uint64_t countOf(const schema::Step &step) const {
    return step.symbol() == schema::Symbol::Tokens ? call.tokens
           : step.symbol() == schema::Symbol::Rows ? call.rows
                                                   : 1;
  }
  void addParameter(const schema::Step &step, const schema::Parameter &parameter,
                    StepWork &work) const;
  Result<void> addState(const schema::Step &step, uint32_t state, StepWork &work);

  const schema::Artifact &artifact;
  const schema::Entry &entry;
  const CallSize call;
  std::map<uint32_t, Users> usersOf; // by state
};

void Worker::addParameter(const schema::Step &step, const schema::Parameter &parameter,
                          StepWork &work) const {
  const auto *shape = parameter.shape();
  if (shape->size() >= 2 && shape->Get(0) > 0 && readsTokens(step)) {
    work.weights +=
        parameter.bytes() / shape->Get(0) * std::min(call.tokens, uint64_t(shape->Get(0)));
    return;
  }
  double elements = 1;
  for (const uint64_t extent : *shape)
    elements *= double(extent);
  work.weights += parameter.bytes();
  work.operations += 2 * elements * double(countOf(step));
  work.integers |= parameter.storage()->block() > 0;
}

/// Values of a token's queries: the first of what an attention is given.
static double queryWidth(const schema::Step &step) {
  for (const schema::Binding *binding : *step.bindings())
    if (binding->space() == schema::Space::Arena)
      return double(binding->size()->perToken()) / sizeof(float);
  return 0;
}

Result<void> Worker::addState(const schema::Step &step, uint32_t state, StepWork &work) {
  const schema::Size &size = *artifact.states()->Get(state)->size();
  auto all = evaluate(size, {1, 1, call.before + call.tokens, 1});
  auto before = evaluate(size, {1, 1, call.before, 1});
  if (!all || !before)
    return failFrom(all ? before : all);
  Users &users = usersOf[state];
  const unsigned number = users.seen++;
  if (number == 0)
    work.cacheWritten += *all - *before;
  if (number == 1 || users.all == 1) {
    work.cacheRead += *all;
    const double tokens = double(call.tokens);
    const double positions = tokens * double(call.before) + tokens * (tokens + 1) / 2;
    work.operations += 4 * queryWidth(step) * positions;
  }
  return {};
}

Result<StepWork> Worker::work(const schema::Step &step) {
  StepWork work;
  std::set<uint32_t> parameters;
  for (const schema::Binding *binding : *step.bindings()) {
    if (binding->space() == schema::Space::State)
      continue;
    if (binding->space() == schema::Space::Parameter) {
      if (parameters.insert(binding->index()).second)
        addParameter(step, *artifact.parameters()->Get(binding->index()), work);
      continue;
    }
    auto bytes = evaluate(*binding->size(), {call.tokens, call.rows, call.before + call.tokens, 1});
    if (!bytes)
      return failFrom(bytes);
    work.activations += *bytes;
  }
  for (uint32_t state : statesOf(step))
    if (auto added = addState(step, state, work); !added)
      return failFrom(added);
  return work;
}

} // namespace

Result<std::vector<StepWork>> workOfSteps(const schema::Artifact &artifact,
                                          const schema::Entry &entry, const CallSize &call) {
  Worker worker(artifact, entry, call);
  std::vector<StepWork> all;
  for (const schema::Step *step : *entry.steps()) {
    auto work = worker.work(*step);
    if (!work)
      return failFrom(work);
    all.push_back(*work);
  }
  return all;
}

Result<Traffic> decodeTraffic(const schema::Artifact &artifact, const schema::Entry &entry,
                              uint64_t length) {
  auto steps = workOfSteps(artifact, entry, {1, 1, length > 0 ? length - 1 : 0});
  if (!steps)
    return failFrom(steps);
  Traffic traffic;
  for (const StepWork &work : *steps) {
    traffic.weights += work.weights;
    traffic.cache += work.cacheRead;
  }
  return traffic;
}

} // namespace weft::cli
