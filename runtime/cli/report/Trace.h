// When each thread did what, for Perfetto (ui.perfetto.dev) and chrome://tracing.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/cli/report/Json.h"
#include "runtime/program/Session.h"

#include <span>
#include <string_view>

namespace weft::cli {

/// A document in Chrome's Trace Event Format: complete events ("ph": "X") of kernels, a track for
/// each thread.
class Trace {
public:
  Trace(const schema::Program &program, const schema::Entry &entry)
      : program(program), entry(entry) {}

  /// A call that began `beginSeconds` after the first one: "prompt", "decode". `spans` count from
  /// there.
  void add(std::string_view phase, double beginSeconds, double seconds,
           std::span<const StepSpan> spans);

  Json document() const;

private:
  const schema::Program &program;
  const schema::Entry &entry;
  Json events = Json::array();
  uint32_t threads = 0;
};

} // namespace weft::cli
