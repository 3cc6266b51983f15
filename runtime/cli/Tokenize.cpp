// weft tokenize: text to ids and back.
#include "runtime/cli/Arguments.h"
#include "runtime/cli/Command.h"
#include "runtime/cli/Json.h"
#include "runtime/cli/Model.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fstream>
#include <memory>

namespace weft::cli {

namespace {

struct TokenizeOptions {
  ModelOptions model;
  bool decode = false, json = false, noSpecial = false, keepSpecial = false;
};

/// Whether the file says that it is an artifact; whether it is a good one is for
/// Artifact::open to find out.
bool looksLikeArtifact(const std::string &path) {
  char magic[4] = {};
  std::ifstream(path, std::ios::binary).read(magic, sizeof magic);
  return std::string_view(magic, sizeof magic) == "WEFT";
}

Result<std::unique_ptr<text::Tokenizer>> openFrom(const ModelOptions &options) {
  if (looksLikeArtifact(options.path) || options.path.ends_with(".weft")) {
    auto model = openArtifact(options);
    if (!model)
      return failFrom(model);
    return openTokenizer(*model->artifact);
  }
  auto json = readAll(options.path);
  if (!json)
    return failFrom(json);
  auto tokenizer = text::Tokenizer::fromJson(*json);
  if (!tokenizer)
    return fail(fmt::format("{}: {}", options.path, tokenizer.error().message));
  return tokenizer;
}

Result<void> encode(const text::Tokenizer &tokenizer, std::string_view text,
                    const TokenizeOptions &options) {
  const std::vector<int32_t> ids = tokenizer.encode(text, !options.noSpecial);
  if (!options.json)
    return writeOutput(fmt::format("{}\n", fmt::join(ids, " ")));
  Json tokens = Json::array();
  for (int32_t id : ids)
    tokens.push_back(std::string(tokenizer.token(id)));
  return writeJson({{"ids", ids}, {"tokens", tokens}});
}

Result<void> decode(const text::Tokenizer &tokenizer, std::string_view written,
                    const TokenizeOptions &options) {
  auto ids = parseIds(written);
  if (!ids)
    return failFrom(ids);
  auto text = tokenizer.decode(*ids, !options.keepSpecial);
  if (!text)
    return failFrom(text);
  return options.json ? writeJson({{"text", *text}}) : writeOutput(*text);
}

Result<int> tokenize(const TokenizeOptions &options) {
  auto tokenizer = openFrom(options.model);
  if (!tokenizer)
    return failFrom(tokenizer);
  auto input = readAll("-");
  if (!input)
    return failFrom(input);
  auto done = options.decode ? decode(**tokenizer, *input, options)
                             : encode(**tokenizer, *input, options);
  if (!done)
    return failFrom(done);
  return exitDone;
}

} // namespace

Command addTokenize(CLI::App &weft) {
  auto options = std::make_shared<TokenizeOptions>();
  CLI::App *app = weft.add_subcommand("tokenize", "Turn text into token ids, or back");
  app->add_option("model", options->model.path, "A .weft file or a tokenizer.json")
      ->required()
      ->type_name("MODEL");
  auto *decode = app->add_flag("--decode", options->decode,
                               "Read ids (separated by spaces or commas, or a JSON array) and "
                               "write their text");
  app->add_flag("--no-special", options->noSpecial,
                "Leave out the tokens that mark beginning and end")
      ->excludes(decode);
  app->add_flag("--keep-special", options->keepSpecial, "Write special tokens out in the text")
      ->needs(decode);
  app->add_flag("--json", options->json,
                "Write {\"ids\": [...], \"tokens\": [...]}, or {\"text\": ...}");
  app->footer("Reads standard input, every byte of it; text is written without an added "
              "newline.\n"
              "Examples:\n"
              "  echo -n \"Once upon a time\" | weft tokenize model.weft\n"
              "  echo 1 403 407 261 378 | weft tokenize model.weft --decode");
  return {app, [options] { return tokenize(*options); }};
}

} // namespace weft::cli
