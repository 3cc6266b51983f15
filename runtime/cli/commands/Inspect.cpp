// weft inspect: what a model is made of and what it needs.
#include "runtime/cli/Command.h"
#include "runtime/cli/options/Arguments.h"
#include "runtime/cli/options/ModelOptions.h"
#include "runtime/cli/report/Describe.h"
#include "runtime/cli/report/DescribeProgram.h"
#include "runtime/cli/report/DescribeVariants.h"
#include "runtime/cli/report/Json.h"
#include "runtime/complete/LoadedModel.h"
#include "runtime/device/Registry.h"
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
  LoadOptions model;
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

Json tokenizerJson(const Artifact &artifact) {
  const schema::Text &text = *artifact.metadata().text();
  if (text.tokenizer()->bytes() == 0)
    return nullptr;
  Json json = {{"bytes", text.tokenizer()->bytes()}};
  auto tokenizer = complete::openTokenizer(artifact);
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
    if (auto parsed = jinja::Template::parse(source); !parsed)
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

/// Empty where no program fits this machine.
Json variantsJson(const Artifact &artifact, const SessionOptions &options) {
  auto choices = Session::variants(artifact, options);
  return choices ? cli::variantsJson(*choices) : Json::array();
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
          {"variants", variantsJson(artifact, options.model.session)},
          {"states", states},
          {"tokenizer", tokenizerJson(artifact)},
          {"hyper_parameters", pairs(*metadata.config())},
          {"provenance", pairs(*metadata.provenance())}};
}

// From here on: text.

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
      {"weights", "weights"}, {"states", "KV cache"},
      {"arena", "arena"},     {"inputs_and_outputs", "inputs, outputs"},
      {"code", "code"},       {"rest_of_file", "rest of file"},
      {"total", "total"}};
  for (const auto &[key, name] : rows) {
    const auto bytes = memory[key].get<uint64_t>();
    text +=
        fmt::format("  {:<15} {:>17} bytes  {:>11}\n", name, grouped(bytes), readableBytes(bytes));
  }
  return text;
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
  std::string text =
      fmt::format("{}: {}, {} parameters, vocabulary {}, context {}\n", plain(all["file"]),
                  plain(all["family"]), grouped(all["parameters"].get<uint64_t>()),
                  all["vocabulary"].get<uint64_t>(), all["context"].get<uint64_t>());
  text += "\nformats\n";
  for (const Json &format : all["formats"])
    text +=
        fmt::format("  {:<40} {:>5} tensors {:>17} bytes\n", plain(format["format"]),
                    format["tensors"].get<uint64_t>(), grouped(format["bytes"].get<uint64_t>()));
  text += memoryText(all["memory"]);
  for (const Json &program : all["programs"])
    text += programText(program, withCandidates);
  if (!all["variants"].empty())
    text += "\nvariants on this machine\n" + variantsText(all["variants"]);
  text += "\nstates (KV cache)\n";
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
  // The device that was asked for may be a plug-in's; what else the artifact names is only told.
  findDevicePlugin(options.model.session.device);
  const PluginSearchOff searchOff;
  const Json all = gather(*model->artifact, options);
  auto written = options.json ? writeJson(all) : writeOutput(toText(all, options.tuning));
  if (!written)
    return failFrom(written);
  return exitDone;
}

} // namespace

Command addInspect(CLI::App &weft) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App *app =
      weft.add_subcommand("inspect", "Show a model's weights, programs, memory use and tokenizer");
  addModelPath(*app, options->model);
  app->add_flag(
      "--steps", options->steps,
      "List every step (kernel launch) with its grid and the buffers that it reads and writes");
  app->add_flag("--tuning", options->tuning,
                "List every candidate that weftc --tune measured, with its time");
  app->add_flag("--json", options->json, "Write one JSON object");
  addSessionOptions(*app, options->model);
  app->footer(
      "The memory shown is what `weft run` would allocate with the same options, to the byte.\n"
      "Examples:\n"
      "  weft inspect model.weft\n"
      "  weft inspect model.weft --context 8192 --threads 4\n"
      "  weft inspect tuned.weft --tuning\n"
      "  weft inspect model.weft --steps --json");
  return {app, [options] { return inspect(*options); }};
}

} // namespace weft::cli
