// Devices by name: those that are built in, and those of plug-ins.
#pragma once

#include "runtime/device/Device.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// The device called `name`, "cpu" or with a number "vulkan:1", which works with `threads`
/// threads (0: one for each available processor). A name that is not known yet is looked for
/// in the plug-ins of pluginFiles() (Plugin.h). Errors: there is none of that name (says which
/// there are), or it cannot be had on this machine. Thread-safe.
Result<std::unique_ptr<Device>> makeDevice(std::string_view name, unsigned threads = 0);

/// Adds a kind of device; those that are built in are there from the start. Errors: the name
/// is taken. Thread-safe.
Result<void> registerDevice(const DevicePlugin &plugin);

/// Adds the run side of the plug-in in the file `path`; nothing where it was added before.
/// Errors: it cannot be opened, is no plug-in, or was built for another version. Thread-safe.
Result<void> loadDevicePlugin(const std::string &path);

/// Names of the kinds that are known by now, sorted. Thread-safe.
std::vector<std::string> deviceNames();

/// A device that makeDevice() gives, or a kind or plug-in of which there is none.
struct ListedDevice {
  std::string name;        // "vulkan:1"; of a plug-in that does not load, its file
  std::string description; // or why there is none
  bool available = false;
};

/// All devices of this machine, those of pluginFiles() among them. Thread-safe.
std::vector<ListedDevice> listDevices();

} // namespace weft
