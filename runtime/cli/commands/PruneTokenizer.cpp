// weft tokenizer prune: a tokenizer without the residues of merges.
#include "runtime/base/NewFile.h"
#include "runtime/base/ProcessorShare.h"
#include "runtime/cli/Command.h"
#include "runtime/cli/commands/TokenizerFile.h"
#include "runtime/cli/options/Arguments.h"
#include "runtime/cli/report/Describe.h"
#include "runtime/cli/report/Json.h"
#include "runtime/cli/terminal/StageProgress.h"
#include "runtime/text/train/Prune.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

namespace weft::cli {

namespace {

struct PruneOptions {
  std::string tokenizer, output, report;
  std::vector<std::string> files;
  text::PruningOptions pruning;
  bool verbose = false, json = false;
};

Result<void> print(const text::PrunedTokenizer &pruned, bool verbose) {
  std::string text = fmt::format("{:<16}{:>14}{:>14}\n", "", "before", "after");
  auto line = [&](const char *name, auto before, auto after) {
    text += fmt::format("{:<16}{:>14}{:>14}\n", name, before, after);
  };
  const text::EncodingFigures &before = pruned.before, &after = pruned.after;
  line("vocabulary", grouped(before.vocabulary), grouped(after.vocabulary));
  line("used", grouped(before.used), grouped(after.used));
  line("tokens", grouped(before.tokens), grouped(after.tokens));
  auto decimals = [](double value) { return fmt::format("{:.5f}", value); };
  line("tokens per byte", decimals(before.tokensPerByte), decimals(after.tokensPerByte));
  auto percent = [](double value) { return fmt::format("{:.3f}%", 100 * value); };
  line("coverage", percent(before.coverage), percent(after.coverage));
  if (verbose) {
    text += fmt::format("{:>8}{:>12}{:>14}  removed\n", "id", "final", "intermediate");
    for (const text::RemovedToken &token : pruned.removed)
      text += fmt::format("{:>8}{:>12}{:>14}  {}\n", token.id, token.final, token.intermediate,
                          token.token);
  }
  return writeOutput(text);
}

/// The report without what only the compiler needs.
Result<void> printJson(const std::string &report) {
  Json shown = Json::parse(report);
  shown.erase("kept");
  shown.erase("tokenizer");
  return writeJson(shown);
}

Result<int> prune(PruneOptions options) {
  if (options.pruning.threads == 0)
    options.pruning.threads = availableProcessors();
  auto source = readTokenizerJson(options.tokenizer);
  if (!source)
    return failFrom(source);
  Result<text::PrunedTokenizer> pruned = fail("");
  {
    StageProgress progress;
    pruned = text::pruneTokenizer(
        options.tokenizer, *source, options.files, options.pruning,
        [&](std::string_view stage, double share) { progress.update(stage, share); });
  }
  if (!pruned)
    return failFrom(pruned);
  if (auto done = writeNewFile(options.output, pruned->json); !done)
    return failFrom(done);
  const std::string report = text::pruningReport(*pruned, options.pruning);
  if (!options.report.empty())
    if (auto done = writeNewFile(options.report, report); !done)
      return failFrom(done);
  if (auto done = options.json ? printJson(report) : print(*pruned, options.verbose); !done)
    return failFrom(done);
  return exitDone;
}

} // namespace

Command addPruneTokenizer(CLI::App &tokenizer) {
  auto options = std::make_shared<PruneOptions>();
  options->pruning.threads = 0;
  CLI::App *app = tokenizer.add_subcommand(
      "prune",
      "Remove tokens from a BPE vocabulary that hardly ever appear in the final tokens of a text");
  app->add_option("tokenizer", options->tokenizer,
                  "A tokenizer.json with a BPE model, or a .weft file")
      ->required()
      ->type_name("TOKENIZER");
  app->add_option("files", options->files, "Text in UTF-8 on which tokens are counted")
      ->required()
      ->type_name("FILE");
  app->add_option("-o,--output", options->output, "Write the pruned tokenizer.json to this file")
      ->required()
      ->type_name("FILE");
  app->add_option(
         "--report", options->report,
         "Write which tokens were removed and which ids stay to this file, for weftc --prune-vocab")
      ->type_name("FILE");
  app->add_option("--share", options->pruning.share,
                  "Remove a token if at most this share of its occurrences is final, not merged "
                  "further (default: 0.01)")
      ->type_name("SHARE")
      ->check(realNumber(0, 1));
  app->add_option("-t,--threads", options->pruning.threads,
                  "Threads (default: one for each processor that the process may use)")
      ->type_name("N")
      ->check(wholeNumber(1, 1024));
  app->add_flag("-v,--verbose", options->verbose, "List the removed tokens");
  app->add_flag("--json", options->json,
                "Write figures before and after, and the removed tokens, as one JSON object");
  app->footer("Examples:\n"
              "  weft tokenizer prune tokenizer.json book.txt -o pruned.json --report report.json\n"
              "  weftc model/ -o model.weft --prune-vocab report.json");
  return {app, [options] { return prune(*options); }};
}

} // namespace weft::cli
