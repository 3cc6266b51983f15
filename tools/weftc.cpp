// The compiler driver.

#include "backends/Registry.h"
#include "compiler/Compilation.h"
#include "tools/ExitStatus.h"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <map>

namespace {

constexpr const char *examples = R"(
Examples:
  weftc models/demo -o demo.weft                       a Hugging Face directory
  weftc model.gguf -o model.weft --cpu x86-64-v3       a GGUF file, for any AVX2 machine
  weftc model.gguf -o model.weft --cpu x86-64-v3,x86-64-v4,neoverse-n1
                                                       one artifact for several machines
  weftc llama/ -o llama.weft --quantize q4 -v          4-bit weights; print the time of each phase
  weftc llama/ -o llama.weft --kv q8                   about half the KV cache of f16
  weftc llama/ -o llama.weft --quantize q4 --tune -v   the fastest code, measured on this machine
  weftc models/demo -o demo.weft --dump-ir dump        every phase and kernel as text
  weftc models/demo --compile-to fused                 stop after a phase and print the module
  weftc models/demo -o demo.weft --plugin x.so --target x
                                                       compile with the backend of a plug-in
  weftc --list-targets)";

int failed(const weft::Error &error) { return weft::endWithError("weftc", error.message); }

int printTargets(bool json) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const weft::ListedBackend &backend : weft::listBackends()) {
    if (json)
      all.push_back({{"target", backend.name},
                     {"available", backend.available},
                     {"description", backend.description}});
    else
      fmt::print("{:<12} {}{}\n", backend.name,
                 backend.available ? "" : "not available: ", backend.description);
  }
  if (json)
    fmt::print("{}\n", all.dump(2));
  return weft::endOfOutput("weftc", weft::exitDone);
}

int run(int argc, char **argv) {
  weft::CompilationOptions options;
  CLI::App app("Compiles a language model to one artifact that weft runs.", "weftc");
  app.footer(examples);
  app.set_version_flag("--version", "weftc " WEFT_VERSION);
  app.add_option("checkpoint", options.input,
                 "A Hugging Face directory, a .gguf file, or an .mlir file in the weft dialect");
  app.add_option("-o,--output", options.output, "The artifact (or, with --compile-to, the module)");

  std::map<std::string, std::optional<weft::WeightFormat>> formats{
      {"none", std::nullopt},
      {"q8", weft::WeightFormat::Q8},
      {"q4", weft::WeightFormat::Q4},
      {"q4s", weft::WeightFormat::Q4S}};
  std::map<std::string, std::optional<weft::Storage>> kvTypes{
      {"auto", std::nullopt},
      {"f32", weft::Storage::dense(weft::Scalar::F32)},
      {"f16", weft::Storage::dense(weft::Scalar::F16)},
      {"q8", weft::Storage::q8()}};
  std::string quantize = "none", scale = "f16", kv = "auto", compileTo;
  app.add_option("--quantize", quantize,
                 "Quantize matrices (default: keep the checkpoint's types): q8 has 8.5 bits a "
                 "weight, q4 has "
                 "4.5 with embeddings and output at 8.5, q4s has 4.25")
      ->check(CLI::IsMember({"none", "q8", "q4", "q4s"}));
  auto *scaleOption =
      app.add_option("--scale", scale, "Type of the scales of q8 and q4 blocks (default: f16)")
          ->check(CLI::IsMember({"f16", "bf16"}));
  app.add_option("--kv", kv,
                 "Type of the KV cache (default: f32 for f32 models, else f16); "
                 "q8 takes 8.5 bits an element")
      ->check(CLI::IsMember({"auto", "f32", "f16", "q8"}));
  app.add_option("--context", options.context,
                 "Longest context to allow, in tokens (default: the model's)")
      ->check(CLI::Range(1u, 1u << 30));
  app.add_option(
         "--target", options.targets,
         "Targets, separated by commas; the artifact has a program for each. Kernels that a target "
         "does not support go to the next target, and finally to cpu (default: cpu)")
      ->delimiter(',');
  std::vector<std::string> plugins;
  app.add_option("--plugin", plugins,
                 "A shared library with a backend, by path or from $WEFT_PLUGIN_PATH; may be given "
                 "several times")
      ->type_name("FILE");
  bool listTargets = false, json = false;
  auto *list =
      app.add_flag("--list-targets", listTargets, "List all targets, including those of plug-ins");
  app.add_flag("--json", json, "With --list-targets: print one JSON array")->needs(list);
  app.add_option("--cpu", options.processors,
                 "Processors, separated by commas; the artifact has a program for each: native, "
                 "x86-64-v3, x86-64-v4, znver4, "
                 "neoverse-n1, ... (default: native)")
      ->delimiter(',');
  app.add_option("--tokenizer", options.tokenizer,
                 "A tokenizer.json that replaces the checkpoint's")
      ->check(CLI::ExistingFile);
  app.add_option("--chat-template", options.chatTemplate,
                 "A file with a chat template (Jinja) that replaces the checkpoint's")
      ->check(CLI::ExistingFile);
  app.add_option(
         "--prune-vocab", options.pruneVocabulary,
         "Remove the tokens that `weft tokenizer prune --report FILE` removed from the tokenizer")
      ->type_name("REPORT")
      ->check(CLI::ExistingFile);
  app.add_flag("--allow-source", options.allowSource,
               "Allow an .mlir file to read weights from files outside its folder");
  app.add_option("--dump-ir", options.dumpDirectory,
                 "Write the module after each phase, and every kernel, to this folder");
  std::vector<std::string> phases;
  for (weft::Phase phase : weft::allPhases)
    phases.push_back(weft::nameOf(phase).str());
  auto *stop =
      app.add_option("--compile-to", compileTo, "Stop after this phase and print the module")
          ->check(CLI::IsMember(phases));
  app.add_flag(
      "--tune", options.tune,
      "Measure the ways to compile each kernel on this machine and use the fastest (takes up "
      "to a minute)");
  app.add_option(
         "-t,--threads", options.threads,
         "Threads to convert weights and to measure --tune with (default: one per processor)")
      ->check(CLI::Range(1u, 1024u));
  app.add_flag("-v,--verbose", options.verbose, "Print the time of each phase");
  app.callback([&] {
    if (listTargets)
      return;
    if (options.input.empty())
      throw CLI::RequiredError("checkpoint");
    if (options.output.empty() && !stop->count())
      throw CLI::ValidationError("expected -o FILE for the artifact");
    if (scaleOption->count() && (quantize == "none" || quantize == "q4s"))
      throw CLI::ValidationError("--scale", quantize == "none" ? "expected with --quantize q8 or q4"
                                                               : "q4s always has 8-bit scales");
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    return weft::endOfParsing(app, error);
  }
  for (const std::string &plugin : plugins)
    if (weft::Result<void> loaded = weft::loadBackendPlugin(plugin); !loaded)
      return failed(loaded.error());
  if (listTargets)
    return printTargets(json);
  options.quantize = formats.at(quantize);
  options.scale = scale == "bf16" ? weft::Scalar::BF16 : weft::Scalar::F16;
  options.kv = kvTypes.at(kv);
  for (weft::Phase phase : weft::allPhases)
    if (weft::nameOf(phase) == compileTo)
      options.compileTo = phase;

  weft::Result<void> compiled = weft::compile(options);
  return compiled ? 0 : failed(compiled.error());
}

} // namespace

int main(int argc, char **argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception &error) {
    // Out of memory is all that is left to throw.
    return weft::endWithError("weftc", error.what());
  }
}
