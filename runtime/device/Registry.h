// Finds devices by name, built in or from plug-ins.
#pragma once

#include "runtime/device/Device.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// Makes the device called `name` ("cpu", or with a number "vulkan:1"), which runs kernels on
/// `threads` threads (0: one for each available processor). If the kind NAME is unknown, it is
/// loaded from NAME.so in one of the plug-in folders (Plugin.h), and from no other file. Errors:
/// there is no such kind (the message lists those that exist), or the device cannot be used on this
/// machine. Thread-safe.
Result<std::unique_ptr<Device>> makeDevice(std::string_view name, unsigned threads = 0);

/// Loads the plug-in of the device called `name`, if makeDevice() would load one, without making a
/// device. Thread-safe.
void findDevicePlugin(std::string_view name);

/// While an object of this class exists, naming a device loads no plug-in. For programs that only
/// describe an artifact and do not trust what it names.
class PluginSearchOff {
public:
  PluginSearchOff();
  ~PluginSearchOff();
  PluginSearchOff(const PluginSearchOff &) = delete;
  PluginSearchOff &operator=(const PluginSearchOff &) = delete;
};

/// Adds a kind of device. Built-in kinds need not be added. Errors: the name is taken. Thread-safe.
Result<void> registerDevice(const DevicePlugin &plugin);

/// Adds the run side of the plug-in in the file `path`; does nothing if it was added before.
/// Errors: the file cannot be opened, is no plug-in, or was built for another version. Thread-safe.
Result<void> loadDevicePlugin(const std::string &path);

/// Returns the names of the kinds of device known so far, sorted. Thread-safe.
std::vector<std::string> deviceNames();

/// An entry of listDevices(): a device that makeDevice() can make, or a kind or plug-in without
/// one.
struct ListedDevice {
  std::string name;        // "vulkan:1"; for a plug-in that does not load, its file
  std::string description; // if not available, why
  bool available = false;
};

/// Returns all devices of this machine, including those of pluginFiles(). Loads every plug-in.
/// Thread-safe.
std::vector<ListedDevice> listDevices();
/// Returns the devices of one kind; empty if the kind is not known yet. Thread-safe.
std::vector<ListedDevice> listDevices(std::string_view kind);

} // namespace weft
