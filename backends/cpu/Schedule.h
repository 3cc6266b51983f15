// The free parameters of generated code, all in one place.
//
// None of them changes a result: they say how many independent sums a thread works on at
// once and in which order it comes to them, never the order of the terms of one sum of
// floating-point numbers. (Sums of integers are the same in any order.) So whatever is
// chosen, by hand or by measuring, logits are the same to the bit.
#pragma once

#include "backends/Backend.h"

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

namespace weft::cpu {

/// Values for one compiled form of a kernel; which of them matter depends on the form.
struct Schedule {
  /// Tokens of a product that are taken together; what is left over goes by a third as
  /// many, then one by one. Each weight is unpacked once for all of them.
  int64_t tokens = 1;
  /// Tiles of 16 output columns that are taken together. Block formats take one.
  int64_t tiles = 1;
  /// Of the loop along the depth: elements of a dense format; of blocks, pairs for a
  /// single token, in whole groups (many tokens take one group).
  int64_t unroll = 4;
  /// Blocks of a super-block in a round of the loop over them.
  int64_t blocks = 1;
  /// Sums of integers that do not wait for each other, at least.
  int64_t sums = 4;
  /// How far ahead a single token's weights are asked for; 0: not at all.
  int64_t aheadKib = 0;
  /// All tiles pass over so many KiB of inputs, or a few tokens' at least, before the next.
  int64_t inputKib = 384;
  /// Whether threads copy dense inputs of many tokens so that they stand side by side.
  int64_t pack = 1;
  /// Rows of queries (tokens times the query heads of a head of the state) of a group of
  /// attention.
  int64_t queryRows = 16;
  /// Sixteenths of the work that go to whoever is ready first (Command::shared).
  int64_t shared = WEFT_SHARE_DEFAULT;

  bool operator==(const Schedule &) const = default;
};

/// Schedules of compiled forms that differ from the default, by name ("linear_add_1").
using Schedules = std::map<std::string, Schedule>;

/// A parameter under the name that people see.
struct Parameter {
  const char *name;
  int64_t Schedule::*value;
};

/// `values` of `schedule` as an artifact has them.
std::vector<KernelSetting> settingsOf(const Schedule &schedule,
                                      const std::vector<Parameter> &parameters);

/// Adds the first of `schedules` with each other value of one parameter.
void addVaried(std::vector<Schedule> &schedules, int64_t Schedule::*parameter,
               std::initializer_list<int64_t> values);

} // namespace weft::cpu
