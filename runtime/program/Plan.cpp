#include "runtime/program/Plan.h"

#include "runtime/artifact/Checked.h"
#include "runtime/artifact/Kernel.h"

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
  return {weights, sum(states), arena, sum(inputs) + sum(outputs), code};
}

Result<Plan> makePlan(const schema::Artifact &artifact, const schema::Program &program,
                      const schema::Entry &entry, const SessionOptions &options) {
  Sizes sizes = sizesOf(options);
  Plan plan;
  plan.weights = artifact.weights()->bytes();
  plan.code = program.code()->bytes();
  Checked total = Checked(plan.weights) + plan.code;
  auto add = [&](const schema::Size &size) -> Result<uint64_t> {
    auto bytes = evaluate(size, sizes);
    if (!bytes)
      return bytes;
    total = total + *bytes;
    if (total.value().value_or(UINT64_MAX) > INT64_MAX)
      return fail("the session would take more than 2^63 bytes; choose smaller sizes");
    return bytes;
  };
  auto addAll = [&](const auto &list, std::vector<uint64_t> &to) -> Result<void> {
    for (const auto *each : list) {
      auto bytes = add(*each->size());
      if (!bytes)
        return failFrom(bytes);
      to.push_back(*bytes);
    }
    return {};
  };

  auto arena = add(*entry.arena());
  if (!arena)
    return failFrom(arena);
  plan.arena = *arena;
  if (auto added = addAll(*artifact.states(), plan.states); !added)
    return failFrom(added);
  if (auto added = addAll(*entry.inputs(), plan.inputs); !added)
    return failFrom(added);
  if (auto added = addAll(*entry.outputs(), plan.outputs); !added)
    return failFrom(added);
  return plan;
}

} // namespace weft
