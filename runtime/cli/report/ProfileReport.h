// What a profile found, summed up by kernel, layer and thread.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/cli/measure/PeakOperations.h"
#include "runtime/cli/measure/Traffic.h"
#include "runtime/cli/report/Json.h"
#include "runtime/program/Session.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weft::cli {

/// What the machine reaches at best, measured in the same minutes.
struct Roofline {
  /// The best read of as many bytes as a decoded token reads, and how it was read.
  double bytesPerSecond = 0;
  std::string way;
  PeakOperations operations;

  /// Seconds that `work` takes at least: to read and write its bytes, or to compute.
  double seconds(const StepWork &work) const;
};

/// The calls of one kind: prompts, or decoded tokens. A turn is one prompt or one token.
class PhaseProfile {
public:
  /// `tokens` of a turn.
  PhaseProfile(std::string name, uint64_t tokens, const schema::Program &program,
               const schema::Entry &entry)
      : name(std::move(name)), tokens(tokens), program(program), entry(entry),
        steps(entry.steps()->size()) {}

  /// A call of a turn, timed: one of the pieces of a long prompt, or all of the turn.
  void addCall(std::span<const StepSpan> spans, std::span<const StepWork> work,
               const Roofline *roofline);
  /// A turn, timed or as it is without.
  void addTurn(bool timed, double seconds) { (timed ? timedTurns : plainTurns).push_back(seconds); }

  /// The numbers of a turn, on average; its seconds are medians.
  Json json(bool withRoofline) const;

private:
  struct Sum {
    double runs = 0, seconds = 0, leastSeconds = 0;
    StepWork work;

    Sum &operator+=(const Sum &other);
  };
  Json rows(const std::map<std::string, Sum> &sums, std::string_view key, bool withRoofline) const;

  const std::string name;
  const uint64_t tokens;
  const schema::Program &program;
  const schema::Entry &entry;
  std::vector<Sum> steps;
  std::map<std::string, Sum> kernels;
  std::vector<double> threads;
  double idle = 0;
  std::vector<double> timedTurns, plainTurns;
};

/// The layer of a step by its name: "layers.3" of "layers.3/attention/qkv", the whole of others.
std::string layerOf(std::string_view step);

Json toJson(const Roofline &roofline);

/// A whole profile ("phases", "roofline" and what machine and model it is of) as tables.
std::string profileText(const Json &profile);

} // namespace weft::cli
