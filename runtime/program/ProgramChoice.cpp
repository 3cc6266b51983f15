#include "runtime/program/ProgramChoice.h"

#include "runtime/artifact/Verify.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <vector>

namespace weft {

using verify::quoted;

/// Why `device` cannot run `program`; empty where it can.
static std::string obstacle(const schema::Program &program, const Device &device) {
  if (program.target()->string_view() != device.name())
    return fmt::format("is for the device {}", quoted(program.target()));
  if (program.architecture()->string_view() != device.architecture())
    return fmt::format("is for {}, this machine is {}", quoted(program.architecture()),
                       device.architecture());
  std::vector<std::string> missing;
  for (const auto *feature : *program.features())
    if (!device.hasFeature(feature->string_view()))
      missing.push_back(quoted(feature));
  if (missing.empty())
    return "";
  constexpr size_t mostShown = 16;
  size_t others = missing.size() - std::min(missing.size(), mostShown);
  missing.resize(missing.size() - others);
  return fmt::format("needs {}{}, which this machine lacks", fmt::join(missing, ", "),
                     others ? fmt::format(" and {} more", others) : "");
}

Result<const schema::Program *> chooseProgram(const Artifact &artifact, const Device &device) {
  const schema::Program *best = nullptr;
  std::vector<std::string> obstacles;
  for (const schema::Program *program : *artifact.metadata().programs()) {
    std::string reason = obstacle(*program, device);
    if (!reason.empty())
      obstacles.push_back(
          fmt::format("the one for {} {}", quoted(program->processor()), std::move(reason)));
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
  return fail(
      fmt::format("the program for {} has no entry point '{}'", quoted(program.processor()), name));
}

} // namespace weft
