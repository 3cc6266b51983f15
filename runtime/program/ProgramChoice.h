// Which of an artifact's programs a machine runs.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/device/Device.h"

#include <string>
#include <string_view>

namespace weft {

/// Why `device` cannot run `part` of a program; empty where it can.
std::string obstacle(const schema::Part &part, const Device &device);

/// The program for `device` whose extensions it all has; of several, the one that uses
/// most, then the first; of those that other devices have a part in, one whose parts they can
/// run. Errors: there is none, with what each needs and the machine lacks.
Result<const schema::Program *> chooseProgram(const Artifact &artifact, const Device &device);

/// The entry point called `name`. Errors: there is none.
Result<const schema::Entry *> findEntry(const schema::Program &program, std::string_view name);

} // namespace weft
