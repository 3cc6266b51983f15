// Calls of a compiled model, in a form that can go to another process.
#pragma once

#include "runtime/base/Error.h"

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace weft::conformance {

/// One call of `forward`, of tokens of any sequences.
struct Call {
  std::vector<int32_t> tokens, positions, sequences, rows;
};

/// What a session of its own is asked for, one call after the other.
struct SessionRun {
  unsigned threads = 1;
  /// Positions of a sequence, at least.
  uint64_t context = 133;
  std::vector<Call> calls;
  /// As VariantOptions::take; nothing is measured.
  std::optional<unsigned> take = {};
};

/// The logits of all calls, one behind the other. Sessions have two sequences. Errors: those of the
/// runtime.
Result<std::vector<float>> runSession(const std::string &artifact, const SessionRun &run,
                                      const std::string &device = "cpu");

/// As text, numbers between white space.
void write(std::ostream &to, const SessionRun &run);
/// The next run; false at the end of the stream or where it holds something else.
bool read(std::istream &from, SessionRun &run);

} // namespace weft::conformance
