// The devices that run a program.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/device/Device.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// Makes devices when they are first asked for, so that one that was made to be asked what it can
/// run is the one that runs it: making a device of Vulkan takes longer than loading a small model.
class DevicePool {
public:
  /// The devices will work with `threads` threads (0: one for each available processor).
  explicit DevicePool(unsigned threads) : threads(threads) {}

  /// Returns the device called `name`, which stays the pool's. Errors: those of makeDevice().
  Result<const Device *> find(std::string_view name);
  /// Returns a device called `name` that the pool has no longer. Errors: those of makeDevice().
  Result<std::unique_ptr<Device>> take(std::string_view name);

private:
  unsigned threads;
  std::map<std::string, std::unique_ptr<Device>, std::less<>> devices;
};

/// A device for each part of a program; the first is the device of its target.
struct ProgramDevices {
  std::vector<std::unique_ptr<Device>> ofPart;

  /// Returns, for each device, the number of the memory that it uses. Devices that use host memory
  /// share one.
  std::vector<unsigned> memories() const;
};

/// Returns `first` for the program's target and a device of the pool for each other part. Errors: a
/// device cannot be made or cannot run its part; the message says what the part needs.
Result<ProgramDevices> devicesFor(const schema::Program &program, std::unique_ptr<Device> first,
                                  DevicePool &pool);

} // namespace weft
