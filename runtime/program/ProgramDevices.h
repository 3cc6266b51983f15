// The devices that a program runs on.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/device/Device.h"

#include <memory>
#include <vector>

namespace weft {

/// One for each part of a program, that of its target first.
struct ProgramDevices {
  std::vector<std::unique_ptr<Device>> ofPart;

  /// Numbers of the memories that they work in: those that use the memory of the host share
  /// one.
  std::vector<unsigned> memories() const;
};

/// `first` for the target, and devices by the names of the other parts, each with `threads`
/// threads (0: one for each processor). Errors: a device cannot be had, or cannot run its part
/// (says what that needs).
Result<ProgramDevices> devicesFor(const schema::Program &program, std::unique_ptr<Device> first,
                                  unsigned threads);

} // namespace weft
