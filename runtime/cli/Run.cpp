// weft run: a prompt and its continuation.
#include "runtime/cli/Arguments.h"
#include "runtime/cli/Command.h"
#include "runtime/cli/Continuation.h"
#include "runtime/cli/Json.h"
#include "runtime/cli/Model.h"
#include "runtime/cli/SamplingOptions.h"
#include "runtime/generate/Generator.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

namespace weft::cli {

namespace {

struct RunOptions {
  ModelOptions model;
  std::string prompt, file, dash;
  CLI::Option *promptOption = nullptr;
  uint64_t newTokens = 256;
  SamplingOptions sampling;
  bool json = false;
};

Result<std::string> readPrompt(const RunOptions &options) {
  if (options.promptOption->count() > 0)
    return options.prompt;
  return readAll(options.dash.empty() ? options.file : options.dash);
}

std::string checkDash(const std::string &text) {
  return text == "-" ? "" : "expected - for standard input, found '" + text +
                                "' (a prompt goes after -p)";
}

double rate(uint64_t tokens, double seconds) { return seconds > 0 ? double(tokens) / seconds : 0; }

const char *explain(Stop stop) {
  switch (stop) {
  case Stop::End:
    return "end of text";
  case Stop::StopString:
    return "a stop string";
  case Stop::Limit:
    return "as many tokens as asked for";
  case Stop::Context:
    return "the context is full";
  case Stop::Interrupted:
    return "interrupted";
  }
  return "";
}

void reportTiming(const Model &model, const Generation &generation, uint64_t seed) {
  writeError(fmt::format("load {:.3f} s, seed {}\n"
                         "prompt {} tokens in {:.3f} s ({:.1f} tok/s), "
                         "decode {} tokens in {:.3f} s ({:.1f} tok/s), stopped: {}\n",
                         model.loadSeconds, seed, generation.promptTokens,
                         generation.promptSeconds,
                         rate(generation.promptTokens, generation.promptSeconds),
                         generation.newTokens, generation.decodeSeconds,
                         rate(generation.decodedTokens, generation.decodeSeconds),
                         explain(generation.stop())));
}

Json describe(const Model &model, const Generation &generation, const RunOptions &options,
              const std::string &prompt, const Continuation &continuation) {
  return {{"prompt", prompt},
          {"text", continuation.text},
          {"tokens", continuation.ids},
          {"stop", nameOf(generation.stop())},
          {"prompt_tokens", generation.promptTokens},
          {"new_tokens", generation.newTokens},
          {"seed", options.sampling.sampler.seed},
          {"load_seconds", model.loadSeconds},
          {"prompt_seconds", generation.promptSeconds},
          {"decode_seconds", generation.decodeSeconds},
          {"prompt_tokens_per_second", rate(generation.promptTokens, generation.promptSeconds)},
          {"decode_tokens_per_second", rate(generation.decodedTokens, generation.decodeSeconds)}};
}

Result<int> run(RunOptions &options) {
  options.sampling.drawSeed();
  auto sampler = Sampler::make(options.sampling.sampler);
  if (!sampler)
    return failFrom(sampler);
  auto prompt = readPrompt(options);
  if (!prompt)
    return failFrom(prompt);
  auto model = openModel(options.model);
  if (!model)
    return failFrom(model);
  auto tokenizer = openTokenizer(*model->artifact);
  if (!tokenizer)
    return failFrom(tokenizer);

  std::vector<int32_t> ids = (*tokenizer)->encode(*prompt);
  if (const int32_t begin = model->metadata().text()->beginId(); ids.empty() && begin >= 0)
    ids.push_back(begin);
  SessionDecoder decoder(*model->session);
  if (auto fits = checkPrompt(decoder, ids.size()); !fits)
    return failFrom(fits);

  Interrupt interrupt;
  if (!options.json)
    if (auto written = writeOutput(*prompt); !written)
      return failFrom(written);
  Continuation continuation(**tokenizer, ids, options.json);
  const std::vector<int32_t> endIds = model->endIds();
  auto generation = generate(
      decoder, *sampler, ids, {options.newTokens, endIds},
      [&](const NewToken &token) {
        continuation.push(token.id);
        return true;
      },
      [&] { return continuation.wanted() && !Interrupt::requested(); });
  if (!generation) {
    if (!options.json)
      (void)writeOutput("\n"); // the error line should not hang on to the text
    return failFrom(generation);
  }
  continuation.finish();
  if (continuation.state)
    continuation.state = options.json ? writeJson(describe(*model, *generation, options, *prompt,
                                                           continuation))
                                      : writeOutput("\n");
  if (!continuation.state)
    return failFrom(continuation.state);
  reportTiming(*model, *generation, options.sampling.sampler.seed);
  return Interrupt::requested() ? exitInterrupted : exitDone;
}

} // namespace

Command addRun(CLI::App &weft) {
  auto options = std::make_shared<RunOptions>();
  CLI::App *app = weft.add_subcommand("run", "Write a prompt and its continuation");
  addModelPath(*app, options->model);
  options->promptOption = app->add_option("-p,--prompt", options->prompt, "The prompt itself")
                              ->type_name("TEXT");
  auto *file =
      app->add_option("-f,--file", options->file, "A file with the prompt, every byte of it")
          ->type_name("FILE");
  auto *dash = app->add_option("input", options->dash, "- reads the prompt from standard input")
                   ->type_name("-")
                   ->check(CLI::Validator(checkDash, ""));
  app->callback([promptOption = options->promptOption, file, dash] {
    if (promptOption->count() + file->count() + dash->count() != 1)
      throw CLI::ValidationError("expected one prompt: -p TEXT, -f FILE, or - for standard input");
  });
  app->add_option("-n,--new-tokens", options->newTokens, "Most tokens to write after the prompt")
      ->type_name("N")
      ->check(wholeNumber(0, mostTokens))
      ->capture_default_str();
  addSamplingOptions(*app, options->sampling);
  addSessionOptions(*app, options->model);
  app->add_flag("--json", options->json, "Write one JSON object at the end instead of text");
  app->footer("Text goes to standard output, timing to standard error. Truncation is applied in "
              "the\norder temperature, top-k, top-p, min-p. Ctrl-C ends the text and still prints "
              "the timing.\n"
              "Examples:\n"
              "  weft run model.weft -p \"Once upon a time\" -n 100\n"
              "  weft run model.weft -p \"Once upon a time\" --temperature 0\n"
              "  weft run model.weft -f prompt.txt --temperature 0.7 --min-p 0.05 --seed 7\n"
              "  echo -n \"Dear\" | weft run model.weft - --json");
  return {app, [options] { return run(*options); }};
}

} // namespace weft::cli
