#include "tests/backends/Machine.h"

#include "backends/cpu/emit/CpuTarget.h"
#include "runtime/device/cpu/CpuFeatures.h"
#include "tests/Emulator.h"

#include <fstream>
#include <sstream>

namespace weft::test {

static bool isEmulated(const cpu::CpuTarget &target) {
  return target.architecture == "aarch64" && cpuArchitecture() != "aarch64";
}

std::string obstacle(const Machine &machine) {
  auto target = cpu::findTarget(machine.processor);
  if (!target)
    return target.error().message;
  if (isEmulated(*target))
    return emulatorObstacle();
  if (target->architecture != cpuArchitecture())
    return "this machine is " + std::string(cpuArchitecture());
  for (const std::string &feature : target->features)
    if (!hasCpuFeature(feature))
      return "this machine lacks " + feature;
  return "";
}

static std::string contents(const std::string &path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

static Result<std::vector<float>> runEmulated(const Machine &machine, const std::string &folder,
                                              const std::string &model,
                                              const std::vector<SessionRun> &runs) {
  std::string requests = folder + "/requests", logits = folder + "/logits",
              errors = folder + "/errors";
  std::ofstream file(requests);
  for (const SessionRun &run : runs)
    write(file, run);
  file.close();
  std::string command = onEmulated(machine.processor) + "calls " + model + " <" + requests + " >" +
                        logits + " 2>" + errors;
  if (std::system(command.c_str()) != 0)
    return fail(command + ": " + contents(errors));
  std::string bytes = contents(logits);
  const auto *begin = reinterpret_cast<const float *>(bytes.data());
  return std::vector<float>(begin, begin + bytes.size() / sizeof(float));
}

Result<std::vector<float>> runOn(const Machine &machine, const std::string &folder,
                                 const std::string &model, const std::vector<SessionRun> &runs) {
  if (auto target = cpu::findTarget(machine.processor); target && isEmulated(*target))
    return runEmulated(machine, folder, model, runs);
  std::vector<float> result;
  for (const SessionRun &run : runs) {
    auto logits = runSession(model, run);
    if (!logits)
      return logits;
    result.insert(result.end(), logits->begin(), logits->end());
  }
  return result;
}

} // namespace weft::test
