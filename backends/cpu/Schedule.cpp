#include "backends/cpu/Schedule.h"

#include <algorithm>

namespace weft::cpu {

std::vector<KernelSetting> settingsOf(const Schedule &schedule,
                                      const std::vector<Parameter> &parameters) {
  std::vector<KernelSetting> settings;
  for (const Parameter &parameter : parameters)
    settings.push_back({parameter.name, schedule.*parameter.value});
  return settings;
}

void addVaried(std::vector<Schedule> &schedules, int64_t Schedule::*parameter,
               std::initializer_list<int64_t> values) {
  for (int64_t value : values) {
    Schedule varied = schedules.front();
    varied.*parameter = value;
    if (std::find(schedules.begin(), schedules.end(), varied) == schedules.end())
      schedules.push_back(varied);
  }
}

} // namespace weft::cpu
