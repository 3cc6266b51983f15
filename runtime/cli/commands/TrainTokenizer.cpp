// weft tokenizer train: text to a tokenizer.json.
#include "runtime/base/NewFile.h"
#include "runtime/base/ProcessorShare.h"
#include "runtime/base/SecondsSince.h"
#include "runtime/cli/Command.h"
#include "runtime/cli/options/Arguments.h"
#include "runtime/cli/report/Describe.h"
#include "runtime/cli/report/Json.h"
#include "runtime/cli/terminal/StageProgress.h"
#include "runtime/text/train/Train.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <map>
#include <memory>

namespace weft::cli {

namespace {

struct TrainOptions {
  text::TrainingOptions training;
  std::vector<std::string> files;
  std::string output, model, normalize = "none", wordEnd = "</w>";
  bool verbose = false, json = false;
};

const std::map<std::string, text::ModelKind> models = {
    {"bpe", text::ModelKind::Bpe},
    {"byte-bpe", text::ModelKind::ByteBpe},
    {"wordpiece", text::ModelKind::WordPiece},
    {"unigram", text::ModelKind::Unigram},
};
const std::map<std::string, std::string> normalForms = {
    {"none", ""}, {"nfc", "NFC"}, {"nfd", "NFD"}, {"nfkc", "NFKC"}, {"nfkd", "NFKD"}};

/// The merges in order, then how the most frequent words are cut in the end.
Result<void> print(const text::TrainedTokenizer &trained) {
  std::string text;
  if (!trained.merges.empty())
    text += fmt::format("{:>6}  {:>10}  merge\n", "step", "count");
  size_t step = 0;
  for (const text::LearnedMerge &merge : trained.merges)
    text += fmt::format("{:>6}  {:>10}  {} {}\n", ++step, merge.count, merge.left, merge.right);
  if (!trained.words.empty())
    text +=
        fmt::format("{:>6}  {:>10}  the most frequent words, as they are cut now\n", "", "count");
  for (const text::CutWord &word : trained.words)
    text += fmt::format("{:>6}  {:>10}  {}\n", "", word.count, fmt::join(word.tokens, " "));
  return writeOutput(text);
}

Result<void> printJson(const text::TrainedTokenizer &trained, const TrainOptions &options,
                       double seconds) {
  Json shown = {{"model", options.model},
                {"vocabulary", trained.vocabulary},
                {"corpus_bytes", trained.corpusBytes},
                {"distinct_words", trained.distinctWords},
                {"seconds", seconds}};
  if (options.verbose) {
    Json &merges = shown["merges"] = Json::array(), &words = shown["words"] = Json::array();
    for (const text::LearnedMerge &merge : trained.merges)
      merges.push_back({{"left", merge.left}, {"right", merge.right}, {"count", merge.count}});
    for (const text::CutWord &word : trained.words)
      words.push_back({{"tokens", word.tokens}, {"count", word.count}});
  }
  return writeJson(shown);
}

Result<int> train(TrainOptions options) {
  text::TrainingOptions &training = options.training;
  training.model = models.at(options.model);
  training.normalForm = normalForms.at(options.normalize);
  if (training.model == text::ModelKind::Bpe)
    training.wordEnd = options.wordEnd;
  if (training.threads == 0)
    training.threads = availableProcessors();
  const auto start = std::chrono::steady_clock::now();
  Result<text::TrainedTokenizer> trained = fail("");
  {
    StageProgress progress;
    trained =
        text::trainTokenizer(options.files, training, [&](std::string_view stage, double share) {
          progress.update(stage, share);
        });
  }
  if (!trained)
    return failFrom(trained);
  if (auto done = writeNewFile(options.output, trained->json); !done)
    return failFrom(done);
  const double seconds = secondsSince(start);
  if (options.json || options.verbose)
    if (auto done = options.json ? printJson(*trained, options, seconds) : print(*trained); !done)
      return failFrom(done);
  writeError(fmt::format("{} tokens from {} of text with {} distinct words in {:.2f} s\n",
                         grouped(trained->vocabulary), readableBytes(trained->corpusBytes),
                         grouped(trained->distinctWords), seconds));
  if (trained->vocabulary < training.vocabulary)
    writeError(fmt::format("weft: the text has no more to learn: {} tokens fewer than asked for\n",
                           grouped(training.vocabulary - trained->vocabulary)));
  return exitDone;
}

} // namespace

Command addTrainTokenizer(CLI::App &tokenizer) {
  auto options = std::make_shared<TrainOptions>();
  text::TrainingOptions &training = options->training;
  training.threads = 0;
  CLI::App *app = tokenizer.add_subcommand("train", "Train a tokenizer on text");
  app->add_option("files", options->files, "Training text in UTF-8")->required()->type_name("FILE");
  app->add_option("-o,--output", options->output, "Write the tokenizer.json to this file")
      ->required()
      ->type_name("FILE");
  app->add_option("--model", options->model, "Kind of model: bpe, byte-bpe, wordpiece or unigram")
      ->required()
      ->type_name("MODEL")
      ->check(CLI::IsMember(models));
  app->add_option("--vocab-size", training.vocabulary,
                  "Size of the vocabulary, including special tokens")
      ->required()
      ->type_name("N")
      ->check(wholeNumber(1, mostTokens));
  app->add_option("--special", training.specials,
                  "A special token; they get the first ids. May be repeated")
      ->type_name("TOKEN")
      ->allow_extra_args(false);
  app->add_option("--unknown", training.unknown,
                  "Token for unknown characters (default: [UNK] for wordpiece, <unk> for unigram, "
                  "none for bpe)")
      ->type_name("TOKEN");
  app->add_option("--min-frequency", training.minFrequency,
                  "Merge only pairs that occur this often (default: 2)")
      ->type_name("N")
      ->check(wholeNumber(1, mostTokens));
  app->add_option("--limit-alphabet", training.alphabet,
                  "Keep the N most frequent characters (default: all)")
      ->type_name("N")
      ->check(wholeNumber(1, mostTokens));
  auto *wordEnd =
      app->add_option(
             "--end-of-word", options->wordEnd,
             "Mark at the end of each word in bpe (default: </w>); with '' spaces become ▁ instead")
          ->type_name("MARK");
  app->add_option("--normalize", options->normalize,
                  "Unicode normalization: none, nfc, nfd, nfkc or nfkd (default: none)")
      ->type_name("FORM")
      ->check(CLI::IsMember(normalForms));
  app->add_flag("--lowercase", training.lowercase, "Convert all text to lower case");
  app->add_option("-t,--threads", training.threads,
                  "Threads (default: one for each processor that the process may use)")
      ->type_name("N")
      ->check(wholeNumber(1, 1024));
  app->add_flag("-v,--verbose", options->verbose,
                "Print the merges in order, and the tokens of the most frequent words");
  app->add_flag(
      "--json", options->json,
      "Write figures about the training as one JSON object; with -v also merges and words");
  app->footer("The result does not depend on the number of threads.\n"
              "Examples:\n"
              "  weft tokenizer train --model byte-bpe --vocab-size 32000 "
              "--special '<|endoftext|>' book.txt -o tokenizer.json\n"
              "  weft tokenizer train --model bpe --vocab-size 21 -v words.txt -o tokenizer.json");
  app->callback([options, wordEnd] {
    if (wordEnd->count() && options->model != "bpe")
      throw CLI::ValidationError("--end-of-word",
                                 "only words of bpe have one, found --model " + options->model);
  });
  return {app, [options] { return train(*options); }};
}

} // namespace weft::cli
