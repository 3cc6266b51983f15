#include "runtime/program/ProgramChoice.h"

#include "runtime/artifact/Verify.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <vector>

namespace weft {

/// Why `device` cannot run code that was compiled so; empty where it can.
static std::string obstacle(std::string_view target, std::string_view architecture,
                            const std::vector<std::string_view> &features, const Device &device) {
  if (target != device.name())
    return fmt::format("is for the device {}", inQuotes(target));
  if (architecture != device.architecture())
    return fmt::format("is for {}, this machine is {}", inQuotes(architecture),
                       device.architecture());
  std::vector<std::string> missing;
  for (std::string_view feature : features)
    if (!device.hasFeature(feature))
      missing.push_back(inQuotes(feature));
  if (missing.empty())
    return "";
  constexpr size_t mostShown = 16;
  size_t others = missing.size() - std::min(missing.size(), mostShown);
  missing.resize(missing.size() - others);
  return fmt::format("needs {}{}, which this machine lacks", fmt::join(missing, ", "),
                     others ? fmt::format(" and {} more", others) : "");
}

std::string obstacle(const schema::Part &part, const Device &device) {
  std::vector<std::string_view> features;
  for (std::string_view rest = part.features()->string_view(); !rest.empty();) {
    size_t comma = std::min(rest.find(','), rest.size());
    features.push_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return obstacle(part.target()->string_view(), part.architecture()->string_view(), features,
                  device);
}

static std::string obstacle(const schema::Program &program, const Device &device,
                            DevicePool &pool) {
  std::vector<std::string_view> features;
  for (const auto *feature : *program.features())
    features.push_back(feature->string_view());
  std::string reason = obstacle(program.target()->string_view(),
                                program.architecture()->string_view(), features, device);
  for (const schema::Part *part : partsOf(program)) {
    if (!reason.empty())
      break;
    auto other = pool.find(part->target()->string_view());
    reason = other ? obstacle(*part, **other) : other.error().message;
    if (!reason.empty())
      reason = fmt::format("has a part that {}{}", other ? "" : "cannot run: ", reason);
  }
  return reason;
}

Result<const schema::Program *> chooseProgram(const Artifact &artifact, const Device &device,
                                              DevicePool &pool) {
  const schema::Program *best = nullptr;
  std::vector<std::string> obstacles;
  for (const schema::Program *program : *artifact.metadata().programs()) {
    std::string reason = obstacle(*program, device, pool);
    if (!reason.empty())
      obstacles.push_back(fmt::format("the one for {} {}", verify::quoted(program->processor()),
                                      std::move(reason)));
    else if (!best || program->features()->size() > best->features()->size())
      best = program;
  }
  if (best)
    return best;
  return fail(fmt::format("'{}' has no program that device '{}' can run here ({}); compile it for "
                          "this machine",
                          artifact.path(), device.name(),
                          obstacles.empty() ? "it has none at all"
                                            : fmt::format("{}", fmt::join(obstacles, "; "))));
}

Result<const schema::Entry *> findEntry(const schema::Program &program, std::string_view name) {
  for (const schema::Entry *entry : *program.entries())
    if (entry->name()->string_view() == name)
      return entry;
  return fail(fmt::format("the program for {} has no entry point '{}'",
                          verify::quoted(program.processor()), name));
}

} // namespace weft
