// weft run: a prompt and its continuation.
#include "runtime/complete/Complete.h"
#include "runtime/cli/options/Arguments.h"
#include "runtime/cli/Command.h"
#include "runtime/cli/report/RunReport.h"
#include "runtime/complete/StoredCompletions.h"

#include <CLI/CLI.hpp>
#include <memory>

namespace weft::cli {

namespace {

struct RunOptions {
  LoadOptions model;
  std::string prompt, file, dash;
  CLI::Option *promptOption = nullptr;
  AnswerOptions answer;
  CacheOptions cache;
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

/// The prompt's tokens; a model's begin where it has none.
std::vector<int32_t> encodePrompt(const LoadedModel &model, const text::Tokenizer &tokenizer,
                                  const std::string &prompt) {
  std::vector<int32_t> ids = tokenizer.encodePrompt(prompt);
  if (const int32_t begin = model.metadata().text()->beginId(); ids.empty() && begin >= 0)
    ids.push_back(begin);
  return ids;
}

/// Gives a stored answer. Errors: those of writing.
Result<int> give(const StoredAnswer &stored, const RunOptions &options, const RunReport &report,
                 const std::string &path) {
  auto written =
      options.json ? writeJson(report.describe(stored)) : writeAnswers(report.prompt, stored.texts);
  if (!written)
    return failFrom(written);
  report.writeTiming(stored, path);
  return exitDone;
}

Result<int> run(RunOptions &options) {
  AnswerOptions &wanted = options.answer;
  if (!options.cache.wanted())
    wanted.sampling.drawSeed();
  if (auto checked = check(wanted.sampling.sampler); !checked)
    return failFrom(checked);
  auto prompt = readPrompt(options);
  if (!prompt)
    return failFrom(prompt);
  auto form = readForm(wanted.form);
  if (!form)
    return failFrom(form);
  auto model = openArtifact(options.model);
  if (!model)
    return failFrom(model);
  auto tokenizer = openTokenizer(*model->artifact);
  if (!tokenizer)
    return failFrom(tokenizer);
  if (auto done = wanted.sampling.resolveBiases(**tokenizer, model->metadata().vocabulary()); !done)
    return failFrom(done);
  auto ends = withStopTokens(model->endIds(), wanted.stopTokens, **tokenizer,
                             model->metadata().vocabulary());
  if (!ends)
    return failFrom(ends);
  const Question question = {**tokenizer, *prompt, encodePrompt(*model, **tokenizer, *prompt),
                             std::move(*ends), *form};
  const RunReport report = {*prompt, wanted.sampling.sampler.seed, *model, options.cache.wanted()};

  std::optional<StoredAnswers> cache;
  if (options.cache.wanted()) {
    auto request = requestOf(question, wanted, *model, options.model.session);
    if (!request)
      return failFrom(request);
    cache.emplace(options.cache, std::move(*request));
    if (const auto stored = cache->find())
      return give(*stored, options, report, cache->path());
  }

  options.model.session.sequences = wanted.sequences();
  options.model.session.rows = wanted.rows();
  if (auto opened = openSession(*model, options.model.session); !opened)
    return failFrom(opened);
  SessionDecoder decoder(*model->session);
  Interrupt interrupt;
  auto answers = answer(question, wanted, options.model, decoder, options.json);
  if (!answers)
    return failFrom(answers);
  if (options.json)
    if (auto written = writeJson(report.describe(*answers)); !written)
      return failFrom(written);
  report.writeTiming(*answers);
  if (cache)
    cache->store(*answers);
  return Interrupt::requested() ? exitInterrupted : exitDone;
}

void addPrompt(CLI::App &app, RunOptions &options) {
  options.promptOption =
      app.add_option("-p,--prompt", options.prompt, "The prompt itself")->type_name("TEXT");
  auto *file = app.add_option("-f,--file", options.file, "A file with the prompt, every byte of it")
                   ->type_name("FILE");
  auto *dash = app.add_option("input", options.dash, "- reads the prompt from standard input")
                   ->type_name("-")
                   ->check(CLI::Validator(checkDash, ""));
  app.callback([&options, file, dash] {
    if (options.promptOption->count() + file->count() + dash->count() != 1)
      throw CLI::ValidationError("expected one prompt: -p TEXT, -f FILE, or - for standard input");
    if (const std::string wrong = conflict(options.answer); !wrong.empty())
      throw CLI::ValidationError(wrong);
    if (options.answer.logProbabilities && !options.json)
      throw CLI::ValidationError("--logprobs is written with --json alone: add it");
  });
}

} // namespace

Command addRun(CLI::App &weft) {
  auto options = std::make_shared<RunOptions>();
  CLI::App *app = weft.add_subcommand("run", "Write a prompt and its continuation");
  addModelPath(*app, options->model);
  addPrompt(*app, *options);
  app->add_option("-n,--new-tokens", options->answer.newTokens,
                  "Most tokens to write after the prompt")
      ->type_name("N")
      ->check(wholeNumber(0, mostTokens))
      ->capture_default_str();
  addSamplingOptions(*app, options->answer.sampling);
  addStopOptions(*app, options->answer);
  addFormOptions(*app, options->answer.form);
  addCountOptions(*app, options->answer);
  addSpeculationOptions(*app, options->answer.speculation);
  addCacheOptions(*app, options->cache);
  addSessionOptions(*app, options->model);
  app->add_flag("--json", options->json, "Write one JSON object at the end instead of text");
  app->footer("Text goes to standard output, timing to standard error. A token is drawn in this "
              "order:\nlogit bias, penalties, the form, temperature, top-k, typical-p, top-p, "
              "min-p. Ctrl-C ends\nthe text and still prints the timing.\n"
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
              "  echo -n \"Dear\" | weft run model.weft - --json --logprobs 3");
  return {app, [options] { return run(*options); }};
}

} // namespace weft::cli
