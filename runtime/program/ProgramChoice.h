// Chooses which of an artifact's programs to run.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/program/ProgramDevices.h"

#include <string>
#include <string_view>

namespace weft {

/// Returns why `device` cannot run `part`, or "" if it can.
std::string obstacle(const schema::Part &part, const Device &device);

/// Returns the program for `device` that uses the most of its instruction-set extensions and none
/// that it lacks; among equals the first. A program with parts for other devices is considered only
/// if those devices exist, in the pool or made for it, and can run them. Errors: no program fits;
/// the message says what each needs that the machine lacks.
Result<const schema::Program *> chooseProgram(const Artifact &artifact, const Device &device,
                                              DevicePool &pool);

/// Returns the entry point called `name`. Errors: there is none.
Result<const schema::Entry *> findEntry(const schema::Program &program, std::string_view name);

} // namespace weft
