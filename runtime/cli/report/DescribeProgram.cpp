#include "runtime/cli/report/DescribeProgram.h"

#include "runtime/cli/report/Describe.h"
#include "runtime/cli/report/DescribeTuning.h"

#include <fmt/format.h>

namespace weft::cli {

namespace {

Json stepJson(const schema::Step &step, const schema::Artifact &artifact,
              const schema::Program &program, const schema::Entry &entry) {
  Json variants = Json::array(), bindings = Json::array();
  const unsigned part = partOf(program, step);
  for (const schema::Variant *variant : *step.variants())
    variants.push_back({{"most", variant->most()},
                        {"kernel", program.kernels()->Get(variant->kernel())->name()->str()},
                        {"grid", describe(*variant->grid())}});
  for (const schema::Binding *binding : *step.bindings())
    bindings.push_back(
        {{"what", describe(*binding, artifact, entry)}, {"bytes", formula(*binding->size())}});
  return {{"name", step.name()->str()},
          {"device", (part ? partsOf(program)[part - 1]->target() : program.target())->str()},
          {"barrier", step.barrier()},
          {"variants", variants},
          {"bindings", bindings}};
}

Json entryJson(const schema::Artifact &artifact, const schema::Program &program,
               const schema::Entry &entry, bool withSteps) {
  auto ports = [](const auto &list) {
    Json json = Json::array();
    for (const schema::Port *port : list)
      json.push_back({{"kind", nameOf(port->kind())}, {"bytes", formula(*port->size())}});
    return json;
  };
  Json json = {{"name", entry.name()->str()},
               {"inputs", ports(*entry.inputs())},
               {"outputs", ports(*entry.outputs())},
               {"arena_bytes", formula(*entry.arena())},
               {"step_count", entry.steps()->size()}};
  if (withSteps) {
    json["steps"] = Json::array();
    for (const schema::Step *step : *entry.steps())
      json["steps"].push_back(stepJson(*step, artifact, program, entry));
  }
  return json;
}

} // namespace

Json programJson(const schema::Artifact &artifact, const schema::Program &program, bool withSteps) {
  Json features = Json::array(), kernels = Json::array(), entries = Json::array(),
       parts = Json::array();
  for (const auto *feature : *program.features())
    features.push_back(feature->str());
  const auto others = partsOf(program);
  for (const schema::Kernel *kernel : *program.kernels())
    kernels.push_back(
        {{"name", kernel->name()->str()},
         {"device",
          (kernel->part() ? others[kernel->part() - 1]->target() : program.target())->str()}});
  for (const schema::Part *part : others)
    parts.push_back({{"target", part->target()->str()},
                     {"architecture", part->architecture()->str()},
                     {"processor", part->processor()->str()},
                     {"features", part->features()->str()},
                     {"code_bytes", part->code()->bytes()}});
  for (const schema::Entry *entry : *program.entries())
    entries.push_back(entryJson(artifact, program, *entry, withSteps));
  return {{"target", program.target()->str()},
          {"architecture", program.architecture()->str()},
          {"processor", program.processor()->str()},
          {"features", features},
          {"code_bytes", program.code()->bytes()},
          {"parts", parts},
          {"kernels", kernels},
          {"entries", entries},
          {"tuning", tuningJson(program)}};
}

namespace {

std::string joined(const Json &list) {
  std::string text;
  for (const Json &item : list)
    text += (text.empty() ? "" : " ") + plain(item);
  return text;
}

std::string stepText(const Json &step) {
  std::string text = fmt::format("    {} on {}{}\n", plain(step["name"]), plain(step["device"]),
                                 step["barrier"].get<bool>() ? "" : " (no barrier)");
  for (const Json &variant : step["variants"]) {
    const auto most = variant["most"].get<uint64_t>();
    text += fmt::format("      {:<9} {} [{}]\n",
                        most ? fmt::format("<= {}:", most) : "any:", plain(variant["kernel"]),
                        plain(variant["grid"]));
  }
  for (const Json &binding : step["bindings"])
    text += fmt::format("        {}: {} bytes\n", plain(binding["what"]), plain(binding["bytes"]));
  return text;
}

/// Who runs a kernel, where that is not the same for all.
std::string deviceText(const Json &program, const Json &kernel) {
  return program["parts"].empty() ? "" : fmt::format(" on {}", plain(kernel["device"]));
}

std::string partText(const Json &part) {
  return fmt::format("  part      on {} ({}, {}), features {}, code {} bytes\n",
                     plain(part["target"]), plain(part["architecture"]), plain(part["processor"]),
                     plain(part["features"]).empty() ? "none" : plain(part["features"]),
                     grouped(part["code_bytes"].get<uint64_t>()));
}

} // namespace

std::string programText(const Json &program, bool withCandidates) {
  std::string text = fmt::format(
      "\nprogram for {} ({}, {})\n  features  {}\n  code      {} bytes\n  kernels   {}\n",
      plain(program["target"]), plain(program["architecture"]), plain(program["processor"]),
      joined(program["features"]), grouped(program["code_bytes"].get<uint64_t>()),
      program["kernels"].size());
  for (const Json &kernel : program["kernels"])
    text += fmt::format("    {}{}\n", plain(kernel["name"]), deviceText(program, kernel));
  for (const Json &part : program["parts"])
    text += partText(part);
  for (const Json &entry : program["entries"]) {
    text += fmt::format("  entry {}: {} steps, arena {} bytes\n", plain(entry["name"]),
                        entry["step_count"].get<uint64_t>(), plain(entry["arena_bytes"]));
    if (entry.contains("steps"))
      for (const Json &step : entry["steps"])
        text += stepText(step);
  }
  return text + tuningText(program["tuning"], withCandidates);
}

} // namespace weft::cli
