// The processor that this process runs on.
#pragma once

#include "runtime/device/Device.h"

namespace weft {

/// The device "cpu".
extern const DevicePlugin cpuDevicePlugin;

} // namespace weft
