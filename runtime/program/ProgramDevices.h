// The devices that run a program.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/device/Device.h"

#include <memory>
#include <vector>

namespace weft {

/// A device for each part of a program; the first is the device of its target.
struct ProgramDevices {
  std::vector<std::unique_ptr<Device>> ofPart;

  /// Returns, for each device, the number of the memory that it uses. Devices that use host memory
  /// share one.
  std::vector<unsigned> memories() const;
};

/// Returns `first` for the program's target and opens a device for each other part, with `threads`
/// threads (0: one for each available processor). Errors: a device cannot be opened or cannot run
/// its part; the message says what the part needs.
Result<ProgramDevices> devicesFor(const schema::Program &program, std::unique_ptr<Device> first,
                                  unsigned threads);

} // namespace weft
