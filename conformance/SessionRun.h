// Calls of a compiled model, in a format that can be passed to another process.
#pragma once

#include "runtime/base/Error.h"

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace weft::conformance {

/// One call of `forward` with tokens of any sequences.
struct Call {
  std::vector<int32_t> tokens, positions, sequences, rows;
};

/// The calls to make on a new session, in order.
struct SessionRun {
  unsigned threads = 1;
  /// Positions per sequence, at least.
  uint64_t context = 133;
  std::vector<Call> calls;
  /// VariantOptions::take; nothing is measured.
  std::optional<unsigned> take = {};
};

/// Makes the calls on a session with two sequences, and returns the concatenated logits of all
/// calls. Errors: those of the runtime.
Result<std::vector<float>> runSession(const std::string &artifact, const SessionRun &run,
                                      const std::string &device = "cpu");

/// Writes a run as text: numbers separated by white space.
void write(std::ostream &to, const SessionRun &run);
/// Reads the next run. Returns false at the end of the stream or if it has something else.
bool read(std::istream &from, SessionRun &run);

} // namespace weft::conformance
