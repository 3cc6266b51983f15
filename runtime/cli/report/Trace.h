// Traces of what each thread did when, for Perfetto (ui.perfetto.dev) and chrome://tracing.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/cli/report/Json.h"
#include "runtime/program/Session.h"

#include <span>
#include <string_view>

namespace weft::cli {

/// Builds a document in Chrome's Trace Event Format, with a complete event ("ph": "X") for each
/// kernel and a track for each thread.
class Trace {
public:
  Trace(const schema::Program &program, const schema::Entry &entry)
      : program(program), entry(entry) {}

  /// Adds a call of a phase ("prompt", "decode") that began `beginSeconds` after the first call and
  /// took `seconds`. The times of `spans` count from its begin.
  void add(std::string_view phase, double beginSeconds, double seconds,
           std::span<const StepSpan> spans);

  /// Returns the document.
  Json document() const;

private:
  const schema::Program &program;
  const schema::Entry &entry;
  Json events = Json::array();
  uint32_t threads = 0;
};

} // namespace weft::cli
