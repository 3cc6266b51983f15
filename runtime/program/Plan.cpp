#include "runtime/program/Plan.h"

#include "runtime/artifact/Kernel.h"
#include "runtime/base/Checked.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace weft {

constexpr uint64_t defaultContext = 4096;

Result<SessionOptions> resolveOptions(const schema::Artifact &artifact, SessionOptions options) {
  if (options.context == 0)
    options.context = std::min<uint64_t>(artifact.context(), defaultContext);
  if (options.context > artifact.context())
    return fail(fmt::format("context of {} asked for: the model was made for at most {}",
                            options.context, artifact.context()));
  for (auto [name, value] : {std::pair("sequences", options.sequences),
                             std::pair("tokens", options.tokens), std::pair("rows", options.rows)})
    if (value == 0 || value > INT32_MAX)
      return fail(fmt::format("expected {} of 1 to {}, found {}", name, INT32_MAX, value));
  options.tokens = std::min(options.tokens, options.context * options.sequences);
  return options;
}

Sizes sizesOf(const SessionOptions &options) {
  return {options.tokens, options.rows,
          ceilDivide(options.context, WEFT_CONTEXT_MULTIPLE) * WEFT_CONTEXT_MULTIPLE,
          options.sequences};
}

static uint64_t sum(const std::vector<uint64_t> &numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), uint64_t(0));
}

MemoryUse Plan::use() const {
  uint64_t mapped = 0;
  for (const auto &ranges : weights)
    for (const WeightRange &range : ranges)
      mapped += range.end - range.begin;
  return {mapped, sum(states), memories * arena, memories * (sum(inputs) + sum(outputs)), code};
}

namespace {

/// What the steps of an entry bind.
struct Bound {
  std::vector<std::vector<WeightRange>> weights; // in each memory, unsorted
  std::vector<bool> states;
};

} // namespace

static Bound boundBy(const schema::Artifact &artifact, const schema::Program &program,
                     const schema::Entry &entry, const std::vector<unsigned> &memoryOf,
                     unsigned memories) {
  Bound bound{std::vector<std::vector<WeightRange>>(memories),
              std::vector<bool>(artifact.states()->size())};
  for (const schema::Step *step : *entry.steps()) {
    unsigned memory = memoryOf[partOf(program, *step)];
    for (const schema::Binding *binding : *step->bindings()) {
      if (binding->space() == schema::Space::State)
        bound.states[binding->index()] = true;
      if (binding->space() != schema::Space::Parameter)
        continue;
      const schema::Parameter &parameter = *artifact.parameters()->Get(binding->index());
      bound.weights[memory].push_back({parameter.offset(), parameter.offset() + parameter.bytes()});
    }
  }
  return bound;
}

/// Sorted, and one where only padding is between two.
static std::vector<WeightRange> merged(std::vector<WeightRange> ranges) {
  std::ranges::sort(ranges, {}, &WeightRange::begin);
  std::vector<WeightRange> result;
  for (const WeightRange &range : ranges)
    if (result.empty() ||
        range.begin > ceilDivide(result.back().end, artifactAlign) * artifactAlign)
      result.push_back(range);
    else
      result.back().end = std::max(result.back().end, range.end);
  return result;
}

Result<Plan> makePlan(const schema::Artifact &artifact, const schema::Program &program,
                      const schema::Entry &entry, const SessionOptions &options,
                      std::vector<unsigned> memoryOf) {
  Sizes sizes = sizesOf(options);
  Plan plan;
  plan.memories = *std::ranges::max_element(memoryOf) + 1;
  Bound bound = boundBy(artifact, program, entry, memoryOf, plan.memories);
  plan.memoryOf = std::move(memoryOf);
  Checked total(0);
  auto count = [&](Checked bytes) -> Result<void> {
    total = total + bytes;
    if (total.value().value_or(UINT64_MAX) > INT64_MAX)
      return fail("the session would take more than 2^63 bytes; choose smaller sizes");
    return {};
  };
  auto add = [&](const schema::Size &size, uint64_t times) -> Result<uint64_t> {
    auto bytes = evaluate(size, sizes);
    if (!bytes)
      return bytes;
    if (auto counted = count(Checked(*bytes) * times); !counted)
      return failFrom(counted);
    return bytes;
  };
  auto addAll = [&](const auto &list, std::vector<uint64_t> &to) -> Result<void> {
    for (const auto *each : list) {
      auto bytes = add(*each->size(), plan.memories);
      if (!bytes)
        return failFrom(bytes);
      to.push_back(*bytes);
    }
    return {};
  };

  for (auto &ranges : bound.weights) {
    plan.weights.push_back(merged(std::move(ranges)));
    for (const WeightRange &range : plan.weights.back())
      if (auto counted = count(range.end - range.begin); !counted)
        return failFrom(counted);
  }
  plan.code = program.code()->bytes();
  for (const schema::Part *part : partsOf(program))
    plan.code += part->code()->bytes(); // Within one file, so the sum is far from overflow.
  auto arena = add(*entry.arena(), plan.memories);
  if (!arena)
    return failFrom(arena);
  plan.arena = *arena;
  for (uint32_t i = 0; i < artifact.states()->size(); ++i) {
    auto bytes = bound.states[i] ? add(*artifact.states()->Get(i)->size(), 1) : Result<uint64_t>(0);
    if (!bytes)
      return failFrom(bytes);
    plan.states.push_back(*bytes);
  }
  if (auto added = addAll(*entry.inputs(), plan.inputs); !added)
    return failFrom(added);
  if (auto added = addAll(*entry.outputs(), plan.outputs); !added)
    return failFrom(added);
  return plan;
}

} // namespace weft
