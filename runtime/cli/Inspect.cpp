// weft inspect: what a model is made of and what it needs.
#include "runtime/cli/Arguments.h"
#include "runtime/cli/Command.h"
#include "runtime/cli/Describe.h"
#include "runtime/cli/DescribeTuning.h"
#include "runtime/cli/Json.h"
#include "runtime/cli/Model.h"
#include "runtime/program/Plan.h"
#include "runtime/text/jinja/Template.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <memory>

namespace weft::cli {

namespace {

struct InspectOptions {
  ModelOptions model;
  bool json = false, steps = false, tuning = false;
};

/// Everything is gathered as JSON, and the text is written from it, so that both say the
/// same.
Json pairs(const flatbuffers::Vector<flatbuffers::Offset<schema::KeyValue>> &entries) {
  Json json = Json::object();
  for (const schema::KeyValue *entry : entries)
    json[entry->key()->str()] = entry->value()->str();
  return json;
}

Json stepJson(const schema::Step &step, const schema::Artifact &artifact,
              const schema::Program &program, const schema::Entry &entry) {
  Json variants = Json::array(), bindings = Json::array();
  const unsigned part = partOf(program, step);
  for (const schema::Variant *variant : *step.variants())
    variants.push_back(
        {{"most", variant->most()},
         {"kernel", program.kernels()->Get(variant->kernel())->name()->str()},
         {"grid", describe(*variant->grid())}});
  for (const schema::Binding *binding : *step.bindings())
    bindings.push_back({{"what", describe(*binding, artifact, entry)},
                        {"bytes", formula(*binding->size())}});
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

Json programJson(const schema::Artifact &artifact, const schema::Program &program,
                 bool withSteps) {
  Json features = Json::array(), kernels = Json::array(), entries = Json::array(),
       parts = Json::array();
  for (const auto *feature : *program.features())
    features.push_back(feature->str());
  const auto others = partsOf(program);
  for (const schema::Kernel *kernel : *program.kernels())
    kernels.push_back({{"name", kernel->name()->str()},
                       {"device", (kernel->part() ? others[kernel->part() - 1]->target()
                                                  : program.target())->str()}});
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

Json tokenizerJson(const Artifact &artifact) {
  const schema::Text &text = *artifact.metadata().text();
  if (text.tokenizer()->bytes() == 0)
    return nullptr;
  Json json = {{"bytes", text.tokenizer()->bytes()}};
  auto tokenizer = openTokenizer(artifact);
  if (tokenizer)
    json["vocabulary"] = (*tokenizer)->vocabularySize();
  else
    json["error"] = tokenizer.error().message;
  auto named = [&](int32_t id) {
    Json token = {{"id", id}};
    if (tokenizer)
      token["token"] = std::string((*tokenizer)->token(id));
    return token;
  };
  json["begin"] = text.beginId() >= 0 ? named(text.beginId()) : Json();
  json["end"] = Json::array();
  for (int32_t id : *text.endIds())
    json["end"].push_back(named(id));
  json["chat_template"] = nullptr;
  if (const std::string source = text.chatTemplate()->str(); !source.empty()) {
    json["chat_template"] = {{"bytes", source.size()}};
    if (auto parsed = text::jinja::Template::parse(source); !parsed)
      json["chat_template"]["error"] = parsed.error().message;
  }
  return json;
}

Json memoryJson(const Artifact &artifact, const SessionOptions &options) {
  auto resolved = resolveOptions(artifact.metadata(), options);
  auto use = Session::memory(artifact, options);
  if (!resolved || !use)
    return {{"error", (use ? resolved.error() : use.error()).message}};
  // Metadata, tokenizer and code stay mapped beside the weights.
  const uint64_t rest = artifact.bytes() - use->weights;
  return {{"context", resolved->context},
          {"sequences", resolved->sequences},
          {"tokens_per_call", resolved->tokens},
          {"weights", use->weights},
          {"states", use->states},
          {"arena", use->arena},
          {"inputs_and_outputs", use->inputsAndOutputs},
          {"code", use->code},
          {"rest_of_file", rest},
          {"total", use->total() + rest}};
}

Json gather(const Artifact &artifact, const InspectOptions &options) {
  const schema::Artifact &metadata = artifact.metadata();
  Json formats = Json::array(), states = Json::array(), programs = Json::array();
  for (const Format &format : formatsOf(metadata))
    formats.push_back({{"format", format.name},
                       {"tensors", format.tensors},
                       {"weights", format.weights},
                       {"bytes", format.bytes}});
  for (const schema::State *state : *metadata.states())
    states.push_back({{"name", state->name()->str()},
                      {"heads", state->heads()},
                      {"head_dim", state->headDim()},
                      {"format", describe(*state->storage())},
                      {"bytes", formula(*state->size())}});
  for (const schema::Program *program : *metadata.programs())
    programs.push_back(programJson(metadata, *program, options.steps));
  return {{"file", artifact.path()},
          {"format_version", formatVersion},
          {"producer", metadata.producer()->str()},
          {"family", metadata.family()->str()},
          {"parameters", metadata.weightCount()},
          {"vocabulary", metadata.vocabulary()},
          {"context", metadata.context()},
          {"formats", formats},
          {"memory", memoryJson(artifact, options.model.session)},
          {"programs", programs},
          {"states", states},
          {"tokenizer", tokenizerJson(artifact)},
          {"hyper_parameters", pairs(*metadata.config())},
          {"provenance", pairs(*metadata.provenance())}};
}

// From here on: text.

std::string joined(const Json &list) {
  std::string text;
  for (const Json &item : list)
    text += (text.empty() ? "" : " ") + plain(item);
  return text;
}

std::string section(std::string_view title, const Json &fields) {
  std::string text = fmt::format("\n{}\n", title);
  size_t width = 0;
  for (const auto &field : fields.items())
    width = std::max(width, field.key().size());
  for (const auto &[key, value] : fields.items())
    text += fmt::format("  {:<{}}  {}\n", key, width, plain(value));
  return text;
}

std::string memoryText(const Json &memory) {
  if (memory.contains("error"))
    return fmt::format("\nmemory\n  unknown: {}\n", plain(memory["error"]));
  std::string text =
      fmt::format("\nmemory at context {} ({} tokens a call)\n", memory["context"].get<uint64_t>(),
                  memory["tokens_per_call"].get<uint64_t>());
  constexpr std::pair<const char *, std::string_view> rows[] = {
      {"weights", "weights"}, {"states", "states"},
      {"arena", "arena"},     {"inputs_and_outputs", "inputs, outputs"},
      {"code", "code"},       {"rest_of_file", "rest of file"},
      {"total", "total"}};
  for (const auto &[key, name] : rows) {
    const auto bytes = memory[key].get<uint64_t>();
    text += fmt::format("  {:<15} {:>17} bytes  {:>11}\n", name, grouped(bytes),
                        readableBytes(bytes));
  }
  return text;
}

std::string stepText(const Json &step) {
  std::string text = fmt::format("    {} on {}{}\n", plain(step["name"]), plain(step["device"]),
                                 step["barrier"].get<bool>() ? "" : " (no barrier)");
  for (const Json &variant : step["variants"]) {
    const auto most = variant["most"].get<uint64_t>();
    text += fmt::format("      {:<9} {} [{}]\n", most ? fmt::format("<= {}:", most) : "any:",
                        plain(variant["kernel"]), plain(variant["grid"]));
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
  return fmt::format("  part      on {} ({}, {}), features {}, code {} bytes\n", plain(part["target"]),
                     plain(part["architecture"]), plain(part["processor"]),
                     plain(part["features"]).empty() ? "none" : plain(part["features"]),
                     grouped(part["code_bytes"].get<uint64_t>()));
}

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

std::string chatTemplateText(const Json &chat) {
  if (chat.is_null())
    return "none";
  const std::string bytes = fmt::format("{} bytes", grouped(chat["bytes"].get<uint64_t>()));
  return chat.contains("error") ? fmt::format("{}, unreadable: {}", bytes, plain(chat["error"]))
                                : bytes;
}

std::string tokenizerText(const Json &tokenizer) {
  if (tokenizer.is_null())
    return "\ntokenizer\n  none\n";
  if (tokenizer.contains("error"))
    return fmt::format("\ntokenizer\n  unreadable: {}\n", plain(tokenizer["error"]));
  auto token = [](const Json &json) {
    return fmt::format("{} {}", plain(json["id"]), plain(json["token"]));
  };
  std::string ends;
  for (const Json &end : tokenizer["end"])
    ends += (ends.empty() ? "" : ", ") + token(end);
  return section("tokenizer",
                 {{"vocabulary", tokenizer["vocabulary"]},
                  {"begin", tokenizer["begin"].is_null() ? "none" : token(tokenizer["begin"])},
                  {"end", ends.empty() ? "none" : ends},
                  {"chat template", chatTemplateText(tokenizer["chat_template"])}});
}

std::string toText(const Json &all, bool withCandidates) {
  std::string text = fmt::format(
      "{}: {}, {} parameters, vocabulary {}, context {}\n", plain(all["file"]),
      plain(all["family"]), grouped(all["parameters"].get<uint64_t>()),
      all["vocabulary"].get<uint64_t>(), all["context"].get<uint64_t>());
  text += "\nformats\n";
  for (const Json &format : all["formats"])
    text += fmt::format("  {:<40} {:>5} tensors {:>17} bytes\n", plain(format["format"]),
                        format["tensors"].get<uint64_t>(),
                        grouped(format["bytes"].get<uint64_t>()));
  text += memoryText(all["memory"]);
  for (const Json &program : all["programs"])
    text += programText(program, withCandidates);
  text += "\nstates\n";
  for (const Json &state : all["states"])
    text += fmt::format("  {}  {} x {} {}, {} bytes\n", plain(state["name"]),
                        state["heads"].get<uint64_t>(), state["head_dim"].get<uint64_t>(),
                        plain(state["format"]), plain(state["bytes"]));
  text += tokenizerText(all["tokenizer"]);
  text += section("hyper-parameters", all["hyper_parameters"]);
  text += section("provenance", all["provenance"]);
  return text;
}

Result<int> inspect(const InspectOptions &options) {
  auto model = openArtifact(options.model);
  if (!model)
    return failFrom(model);
  const Json all = gather(*model->artifact, options);
  auto written = options.json ? writeJson(all) : writeOutput(toText(all, options.tuning));
  if (!written)
    return failFrom(written);
  return exitDone;
}

} // namespace

Command addInspect(CLI::App &weft) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App *app = weft.add_subcommand("inspect", "Say what a model is made of and what it needs");
  addModelPath(*app, options->model);
  app->add_flag("--steps", options->steps,
                "List each step: kernels with their grids, and what they read and write");
  app->add_flag("--tuning", options->tuning,
                "List every candidate that weftc --tune measured, with its time");
  app->add_flag("--json", options->json, "Write one JSON object");
  addSessionOptions(*app, options->model);
  app->footer("Memory is what `weft run` would take with the same options, to the byte.\n"
              "Examples:\n"
              "  weft inspect model.weft\n"
              "  weft inspect model.weft --context 8192 --threads 4\n"
              "  weft inspect tuned.weft --tuning\n"
              "  weft inspect model.weft --steps --json");
  return {app, [options] { return inspect(*options); }};
}

} // namespace weft::cli
