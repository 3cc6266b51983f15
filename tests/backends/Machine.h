// Processors that the conformance tests compile for, and what runs their code here.
#pragma once

#include "conformance/SessionRun.h"

#include <string>
#include <vector>

namespace weft::test {

using conformance::runSession;
using conformance::SessionRun;

/// A processor by the name that `weftc --cpu` takes. Of AArch64 it must be one that qemu knows
/// as well.
struct Machine {
  std::string processor;
};

/// Why code for `machine` cannot be run here, naming what is missing; "" where it can.
std::string obstacle(const Machine &machine);

/// The logits of all runs of the artifact `model`, one behind the other: in this process, or in
/// one of an emulator that exchanges files in `folder`. Errors: those of the runtime.
Result<std::vector<float>> runOn(const Machine &machine, const std::string &folder,
                                 const std::string &model, const std::vector<SessionRun> &runs);

} // namespace weft::test
