// The processor that this process runs on.
#pragma once

#include "runtime/device/Device.h"

#include <memory>

namespace weft {

/// The device "cpu". `threads` is at least 1 and counts the thread that calls run().
/// Errors: threads or memory cannot be had.
Result<std::unique_ptr<Device>> makeCpuDevice(unsigned threads);

} // namespace weft
