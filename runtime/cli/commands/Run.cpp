// weft run: a prompt and its completion.
#include "runtime/cli/Command.h"
#include "runtime/cli/options/Arguments.h"
#include "runtime/cli/options/CacheOptions.h"
#include "runtime/cli/options/CompletionOptions.h"
#include "runtime/cli/options/ModelOptions.h"
#include "runtime/cli/options/SpeculationOptions.h"
#include "runtime/cli/report/CompletionTexts.h"
#include "runtime/cli/report/RunReport.h"
#include "runtime/cli/terminal/Output.h"
#include "runtime/complete/Complete.h"
#include "runtime/complete/StoredCompletions.h"

#include <CLI/CLI.hpp>
#include <memory>

namespace weft::cli {

namespace {

using complete::CompletionRequest;
using complete::Completions;
using complete::StoredCompletions;

struct RunOptions {
  LoadOptions model;
  std::string prompt, file, dash;
  CLI::Option *promptOption = nullptr;
  CompletionArguments arguments;
  CacheArguments cache;
  bool json = false;
};

Result<std::string> readPrompt(const RunOptions &options) {
  if (options.promptOption->count() > 0)
    return options.prompt;
  return readAll(options.dash.empty() ? options.file : options.dash);
}

std::string checkDash(const std::string &text) {
  return text == "-"
             ? ""
             : "expected - for standard input, found '" + text + "' (a prompt goes after -p)";
}

/// The cache for `request`; nothing where none was asked for, or there is no place for it. Errors:
/// those of requestKey().
Result<std::optional<StoredCompletions>>
openCache(const RunOptions &options, const CompletionRequest &request, const LoadedModel &model) {
  if (!options.cache.wanted())
    return std::nullopt;
  auto giveUp = [](const std::string &why) {
    writeError("weft: going on without the completion cache: " + why + "\n");
  };
  auto key = complete::requestKey(request, model, options.model.session);
  if (!key)
    return failFrom(key);
  auto path = options.cache.path();
  if (!path) {
    giveUp(path.error().message);
    return std::nullopt;
  }
  return std::optional<StoredCompletions>(std::in_place, *path, options.cache.mebibytes << 20,
                                          std::move(*key), giveUp);
}

/// Completes the request. A single text that is drawn goes to standard output as it comes; others
/// have a progress bar meanwhile.
Result<Completions> stream(const complete::CompletionModel &model, const CompletionRequest &request,
                           const RunOptions &options, const std::string &prompt) {
  const complete::CompletionOptions &wanted = request.options;
  const bool live = !options.json && wanted.samples == 1 && wanted.beams == 0;
  bool started = false;
  std::optional<Progress> progress;
  complete::CompletionCallbacks callbacks;
  callbacks.keepGoing = [] { return !outputClosed() && !Interrupt::requested(); };
  if (live) {
    callbacks.onStart = [&] {
      started = true;
      return writeText(prompt);
    };
    callbacks.onText = [](uint64_t, std::string_view piece) { return writeText(piece); };
  } else {
    callbacks.onStart = [&]() -> Result<void> {
      progress.emplace("completing", wanted.samples * wanted.newTokens);
      return {};
    };
    callbacks.onProgress = [&](uint64_t tokens) { progress->update(tokens, ""); };
  }
  auto completions = complete::complete(model, request, callbacks);
  progress.reset();
  if (started)
    if (auto written = writeOutput("\n"); completions && !written)
      return failFrom(written);
  if (completions && !live && !options.json)
    if (auto written = writeTexts(prompt, completions->texts); !written)
      return failFrom(written);
  return completions;
}

/// Gives stored completions. Errors: those of writing.
Result<int> give(const complete::StoredCompletion &stored, const RunOptions &options,
                 const RunReport &report, const std::string &path) {
  auto written =
      options.json ? writeJson(report.describe(stored)) : writeTexts(report.prompt, stored.texts);
  if (!written)
    return failFrom(written);
  report.writeTiming(stored, path);
  return exitDone;
}

/// With the tokenizer and the tokens of the prompt: opens the session and completes.
Result<int> completeRequest(RunOptions &options, LoadedModel &model,
                            const CompletionRequest &request, const RunReport &report) {
  auto cache = openCache(options, request, model);
  if (!cache)
    return failFrom(cache);
  if (*cache)
    if (const auto stored = (*cache)->find())
      return give(*stored, options, report, (*cache)->path());

  options.model.session.sequences = request.options.sequences();
  options.model.session.rows = request.options.rows();
  if (auto opened = openSession(model, options.model.session); !opened)
    return failFrom(opened);
  SessionDecoder decoder(*model.session);
  auto speculation = complete::openSpeculation(request.options.speculation, options.model, decoder);
  if (!speculation)
    return failFrom(speculation);
  Interrupt interrupt;
  auto completions = stream({report.tokenizer, decoder, speculation->drafter.get()}, request,
                            options, report.prompt);
  if (!completions)
    return failFrom(completions);
  if (options.json)
    if (auto written = writeJson(report.describe(*completions)); !written)
      return failFrom(written);
  report.writeTiming(*completions);
  if (*cache)
    (*cache)->store(*completions);
  return Interrupt::requested() ? exitInterrupted : exitDone;
}

Result<int> run(RunOptions &options) {
  CompletionArguments &arguments = options.arguments;
  if (!options.cache.wanted())
    drawSeed(arguments.completion.sampler, arguments.sampling);
  if (auto resolved = arguments.resolveFiles(); !resolved)
    return failFrom(resolved);
  auto prompt = readPrompt(options);
  if (!prompt)
    return failFrom(prompt);
  auto model = openArtifact(options.model);
  if (!model)
    return failFrom(model);
  auto tokenizer = complete::openTokenizer(*model->artifact);
  if (!tokenizer)
    return failFrom(tokenizer);
  const uint32_t vocabulary = model->metadata().vocabulary();
  if (auto resolved = arguments.resolveTokens(**tokenizer, vocabulary); !resolved)
    return failFrom(resolved);
  auto ends = withStopTokens(model->endIds(), arguments.stopTokens, **tokenizer, vocabulary);
  if (!ends)
    return failFrom(ends);
  const CompletionRequest request = {complete::encodePrompt(*model, **tokenizer, *prompt),
                                     std::move(*ends), arguments.completion};
  const RunReport report = {*prompt, **tokenizer, arguments.completion.sampler.seed, *model,
                            options.cache.wanted()};
  return completeRequest(options, *model, request, report);
}

void addPrompt(CLI::App &app, RunOptions &options) {
  options.promptOption =
      app.add_option("-p,--prompt", options.prompt, "The prompt")->type_name("TEXT");
  auto *file = app.add_option("-f,--file", options.file,
                              "Read the prompt from this file, including a newline at its end")
                   ->type_name("FILE");
  auto *dash = app.add_option("input", options.dash, "- reads the prompt from standard input")
                   ->type_name("-")
                   ->check(CLI::Validator(checkDash, ""));
  app.callback([&options, file, dash] {
    if (options.promptOption->count() + file->count() + dash->count() != 1)
      throw CLI::ValidationError("expected one prompt: -p TEXT, -f FILE, or - for standard input");
    if (const std::string wrong = conflict(options.arguments); !wrong.empty())
      throw CLI::ValidationError(wrong);
    if (options.arguments.completion.logProbabilities && !options.json)
      throw CLI::ValidationError("--logprobs is written with --json alone: add it");
  });
}

} // namespace

Command addRun(CLI::App &weft) {
  auto options = std::make_shared<RunOptions>();
  complete::CompletionOptions &completion = options->arguments.completion;
  CLI::App *app = weft.add_subcommand("run", "Complete a prompt, streaming the text");
  addModelPath(*app, options->model);
  addPrompt(*app, *options);
  app->add_option("-n,--new-tokens", completion.newTokens, "The most tokens to generate")
      ->type_name("N")
      ->check(wholeNumber(0, mostTokens))
      ->capture_default_str();
  addSamplingOptions(*app, completion.sampler, options->arguments.sampling);
  addStopOptions(*app, options->arguments);
  addConstraintOptions(*app, options->arguments.constraint);
  addCountOptions(*app, completion);
  addSpeculationOptions(*app, completion.speculation);
  addCacheOptions(*app, options->cache);
  addSessionOptions(*app, options->model);
  app->add_flag("--json", options->json, "Write one JSON object at the end instead of the text");
  app->footer(
      "The text goes to standard output, timing to standard error. Sampling applies, in this "
      "order:\n"
      "logit bias, penalties, structured output, temperature, top-k, typical-p, top-p, min-p.\n"
      "Ctrl-C ends the text; the timing is still printed.\n"
      "Examples:\n"
      "  weft run model.weft -p \"Once upon a time\" -n 100\n"
      "  weft run model.weft -p \"Once upon a time\" --temperature 0 --stop \". \"\n"
      "  weft run model.weft -f prompt.txt --temperature 0.7 --min-p 0.05 --seed 7\n"
      "  weft run model.weft -p \"Dear\" --samples 3 --seed 1 --frequency-penalty 0.5\n"
      "  weft run model.weft -p \"Dear\" --logit-bias '\" Sir\"=-inf' --logit-bias 13=2\n"
      "  weft run model.weft -p \"Born on \" --regex '[0-9]{1,2} (May|June) 18[0-9]{2}'\n"
      "  weft run model.weft -f letter.txt --json-schema address.json --cache\n"
      "  weft run model.weft -p \"2, 4, 6,\" --beams 4 --length-penalty 0.6\n"
      "  weft run large.weft -f code.txt --draft small.weft --draft-tokens 5\n"
      "  weft run model.weft -f code.txt --lookup\n"
      "  echo -n \"Dear\" | weft run model.weft - --json --logprobs 3");
  return {app, [options] { return run(*options); }};
}

} // namespace weft::cli
