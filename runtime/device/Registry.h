// Devices by name.
#pragma once

#include "runtime/device/Device.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// Makes a device that works with `threads` threads (0: one for each available processor).
using DeviceFactory = Result<std::unique_ptr<Device>> (*)(unsigned threads);

/// The device called `name`. Errors: there is none of that name (says which there are), or
/// it cannot be had on this machine. Thread-safe.
Result<std::unique_ptr<Device>> makeDevice(std::string_view name, unsigned threads = 0);

/// Adds a kind of device, for plug-ins; "cpu" is there from the start. Errors: the name is
/// taken. Thread-safe.
Result<void> registerDevice(std::string name, DeviceFactory factory);

/// Names that makeDevice() knows, sorted. Thread-safe.
std::vector<std::string> deviceNames();

/// Processors that this process may run on; at least 1.
unsigned availableProcessors();

} // namespace weft
