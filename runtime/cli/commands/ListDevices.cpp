#include "runtime/cli/commands/ListDevices.h"

#include "runtime/cli/Cli.h"
#include "runtime/cli/report/Json.h"
#include "runtime/cli/terminal/Output.h"
#include "runtime/device/Registry.h"

#include <fmt/format.h>

namespace weft::cli {

Result<int> listDevices(const std::vector<std::string> &plugins, bool json) {
  for (const std::string &plugin : plugins)
    if (auto loaded = loadDevicePlugin(plugin); !loaded)
      return failFrom(loaded);
  Json all = Json::array();
  std::string text;
  for (const ListedDevice &device : weft::listDevices()) {
    all.push_back({{"device", device.name},
                   {"available", device.available},
                   {"description", device.description}});
    text += fmt::format("{:<12} {}{}\n", device.name,
                        device.available ? "" : "not available: ", device.description);
  }
  auto written = json ? writeJson(all) : writeOutput(text);
  if (!written)
    return failFrom(written);
  return exitDone;
}

} // namespace weft::cli
