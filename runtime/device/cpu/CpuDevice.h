// The CPU as a device.
#pragma once

#include "runtime/device/Device.h"

namespace weft {

/// The kind of device "cpu".
extern const DevicePlugin cpuDevicePlugin;

} // namespace weft
