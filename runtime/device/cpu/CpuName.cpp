#include "runtime/device/cpu/CpuName.h"

#include "runtime/device/cpu/CpuFeatures.h"

#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>

namespace weft {

std::string cpuNameIn(const std::string &cpuinfo, const std::string &architecture) {
  std::string model, details;
  std::istringstream lines(cpuinfo);
  for (std::string line; std::getline(lines, line) && !line.empty();) { // of the first processor
    const size_t colon = line.find(':');
    if (colon == std::string::npos)
      continue;
    const std::string_view key =
        std::string_view(line).substr(0, line.find_last_not_of(" \t", colon - 1) + 1);
    const std::string value =
        line.substr(std::min(line.find_first_not_of(" \t", colon + 1), line.size()));
    auto add = [&](std::string_view word) {
      details += fmt::format("{}{}{}", details.empty() ? "" : ", ", word, value);
    };
    if (key == "model name")
      model = value;
    else if (key == "vendor_id")
      add("");
    else if (key == "cpu family")
      add("family ");
    else if (key == "model")
      add("model ");
    else if (key == "stepping")
      add("stepping ");
    else if (key == "CPU implementer")
      add("implementer ");
    else if (key == "CPU part")
      add("part ");
  }
  if (model.empty())
    model = architecture;
  return details.empty() ? model : fmt::format("{} ({})", model, details);
}

std::string cpuName() {
  std::ifstream file("/proc/cpuinfo");
  return cpuNameIn(std::string(std::istreambuf_iterator<char>(file), {}),
                   std::string(cpuArchitecture()));
}

} // namespace weft
