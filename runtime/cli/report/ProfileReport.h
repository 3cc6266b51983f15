// The results of weft profile, summed by kernel, layer and thread.
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

/// The machine's measured limits.
struct Roofline {
  /// The fastest read of as many bytes as a decoded token reads, and the way it was read.
  double bytesPerSecond = 0;
  std::string way;
  PeakOperations operations;

  /// Returns the least seconds for `work`: the larger of the times for its bytes and its
  /// operations.
  double seconds(const StepWork &work) const;
};

/// The measurements of one phase, prompts or decoded tokens. A turn is one prompt or one token.
class PhaseProfile {
public:
  /// `tokens` is the number of tokens of a turn.
  PhaseProfile(std::string name, uint64_t tokens, const schema::Program &program,
               const schema::Entry &entry)
      : name(std::move(name)), tokens(tokens), program(program), entry(entry),
        steps(entry.steps()->size()) {}

  /// Adds a timed call: a whole turn, or one batch of a long prompt.
  void addCall(std::span<const StepSpan> spans, std::span<const StepWork> work,
               const Roofline *roofline);
  /// Adds the seconds of a turn that was measured with (`timed`) or without the profile's clocks.
  void addTurn(bool timed, double seconds) { (timed ? timedTurns : plainTurns).push_back(seconds); }

  /// Returns averages over turns; the seconds of a turn are medians.
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

/// Returns the layer of a step from its name: "layers.3" for "layers.3/attention/qkv"; other names
/// as they are.
std::string layerOf(std::string_view step);

/// Returns the limits as a JSON object.
Json toJson(const Roofline &roofline);

/// Formats a profile (with "phases", "roofline", and the machine and model) as tables.
std::string profileText(const Json &profile);

} // namespace weft::cli
