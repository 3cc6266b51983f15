// The free parameters of generated code, all in one place.
//
// No parameter changes a result. They decide how many independent sums a thread works on at once
// and in which order it comes to them, never the order of the terms of one floating-point sum.
// (Integer sums are the same in any order.) So logits are the same to the bit with every choice.
#pragma once

#include "backends/Backend.h"

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

namespace weft::cpu {

/// The parameters of one variant of a kernel; which of them matter depends on the variant.
struct Schedule {
  /// How many tokens a product processes together. Each weight is unpacked once for all of them.
  /// The remaining tokens are processed a third as many at a time, then one by one.
  int64_t tokens = 1;
  /// How many tiles of 16 output columns are processed together; always 1 for block formats.
  int64_t tiles = 1;
  /// Unrolling of the loop along the depth. Dense formats: elements per iteration. Block formats:
  /// pairs of blocks per iteration for a single token, in whole groups (many tokens process one
  /// group per iteration).
  int64_t unroll = 4;
  /// Blocks of a super-block per iteration of the loop over them.
  int64_t blocks = 1;
  /// At least this many independent integer accumulators.
  int64_t sums = 4;
  /// Prefetch distance of the weights of a single token, in KiB; 0: no prefetch.
  int64_t aheadKib = 0;
  /// Block size of the inputs in KiB: all tiles use this much input, or at least that of a few
  /// tokens, before the next block of inputs.
  int64_t inputKib = 384;
  /// 1: threads first copy the dense inputs of many tokens so that they are contiguous. 0: they do
  /// not.
  int64_t pack = 1;
  /// Query rows (tokens times the query heads of one key-value head) of one workgroup of attention.
  int64_t queryRows = 16;
  /// Sixteenths of the workgroups that go to whichever thread is ready first (Command::shared).
  int64_t shared = WEFT_SHARE_DEFAULT;

  bool operator==(const Schedule &) const = default;
};

/// The schedules of variants that do not use the default, by function name ("linear_add_1").
using Schedules = std::map<std::string, Schedule>;

/// A parameter and its displayed name.
struct Parameter {
  const char *name;
  int64_t Schedule::*value;
};

/// Returns the parameters of `schedule` as the artifact stores them.
std::vector<KernelSetting> settingsOf(const Schedule &schedule,
                                      const std::vector<Parameter> &parameters);

/// Appends copies of the first of `schedules`, in which `parameter` has each of `values` that
/// differs from the first's.
void addVaried(std::vector<Schedule> &schedules, int64_t Schedule::*parameter,
               std::initializer_list<int64_t> values);

} // namespace weft::cpu
