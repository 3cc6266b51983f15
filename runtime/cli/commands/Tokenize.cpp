// weft tokenize: text to ids and back.
#include "runtime/base/Utf8.h"
#include "runtime/cli/Command.h"
#include "runtime/cli/commands/TokenizerFile.h"
#include "runtime/cli/options/Arguments.h"
#include "runtime/cli/report/Json.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>
#include <unistd.h>

namespace weft::cli {

namespace {

struct TokenizeOptions {
  std::string model;
  bool decode = false, json = false, noSpecial = false, keepSpecial = false;
  std::string color = "auto"; ///< auto, always or never
};

Result<std::unique_ptr<text::Tokenizer>> openFrom(const std::string &path) {
  auto json = readTokenizerJson(path);
  if (!json)
    return failFrom(json);
  auto tokenizer = text::Tokenizer::fromJson(*json);
  if (!tokenizer)
    return fail(fmt::format("{}: {}", path, tokenizer.error().message));
  return tokenizer;
}

/// A token as the colours show it: what it stands for in the text, control characters and parts
/// of characters visible.
std::string visible(std::string_view bytes) {
  std::string out;
  const bool whole = isValidUtf8(bytes);
  for (char c : bytes) {
    if (!whole)
      out += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
    else if (c == '\n')
      out += "⏎\n";
    else if (c == '\t')
      out += "→\t";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      out += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out;
}

/// The text with each piece on a background of its own and its id behind it. Pieces that stand
/// for no text (special tokens, prefixes) show the token, underlined.
std::string coloured(const text::Tokenizer &tokenizer, std::string_view text, bool addSpecial) {
  constexpr int backgrounds[] = {24, 58, 53, 22, 94, 60}; // dark ones of the 256 colours
  std::string out;
  size_t turn = 0;
  for (const text::TokenPlace &place : tokenizer.encodeWithOffsets(text, addSpecial)) {
    const bool empty = place.begin == place.end;
    const std::string_view piece =
        empty ? tokenizer.token(place.id) : text.substr(place.begin, place.end - place.begin);
    // A line break ends the colour, or the terminal would fill the rest of the line with it.
    std::string shown = visible(piece);
    for (size_t at = 0; (at = shown.find('\n', at)) != std::string::npos;) {
      const std::string_view around = "\x1b[0m\n";
      shown.replace(at, 1, around);
      at += around.size();
    }
    out += fmt::format("\x1b[{}38;5;255;48;5;{}m{}\x1b[0m\x1b[2m{}\x1b[0m ", empty ? "4;" : "",
                       backgrounds[turn++ % std::size(backgrounds)], shown, place.id);
  }
  return out + "\n";
}

Result<void> encode(const text::Tokenizer &tokenizer, std::string_view text,
                    const TokenizeOptions &options) {
  const bool addSpecial = !options.noSpecial;
  if (options.json) {
    Json ids = Json::array(), tokens = Json::array(), offsets = Json::array();
    for (const text::TokenPlace &place : tokenizer.encodeWithOffsets(text, addSpecial)) {
      ids.push_back(place.id);
      tokens.push_back(std::string(tokenizer.token(place.id)));
      offsets.push_back({place.begin, place.end});
    }
    return writeJson({{"ids", ids}, {"tokens", tokens}, {"offsets", offsets}});
  }
  if (options.color == "always" || (options.color == "auto" && isatty(STDOUT_FILENO)))
    return writeOutput(coloured(tokenizer, text, addSpecial));
  return writeOutput(fmt::format("{}\n", fmt::join(tokenizer.encode(text, addSpecial), " ")));
}

Result<void> decode(const text::Tokenizer &tokenizer, std::string_view written,
                    const TokenizeOptions &options) {
  auto ids = parseIds(written);
  if (!ids)
    return failFrom(ids);
  auto text = tokenizer.decode(*ids, !options.keepSpecial);
  if (!text)
    return failFrom(text);
  return options.json ? writeJson({{"text", *text}}) : writeText(*text);
}

Result<int> tokenize(const TokenizeOptions &options) {
  auto tokenizer = openFrom(options.model);
  if (!tokenizer)
    return failFrom(tokenizer);
  auto input = readAll("-");
  if (!input)
    return failFrom(input);
  auto done =
      options.decode ? decode(**tokenizer, *input, options) : encode(**tokenizer, *input, options);
  if (!done)
    return failFrom(done);
  return exitDone;
}

} // namespace

Command addTokenize(CLI::App &weft) {
  auto options = std::make_shared<TokenizeOptions>();
  CLI::App *app = weft.add_subcommand("tokenize", "Turn text into token ids, or back");
  app->add_option("model", options->model,
                  "A .weft file, a tokenizer.json, a SentencePiece tokenizer.model, or "
                  "ENCODING.tiktoken (cl100k_base.tiktoken)")
      ->required()
      ->type_name("MODEL");
  auto *decode = app->add_flag("--decode", options->decode,
                               "Decode: read token ids (separated by spaces or commas, or a JSON "
                               "array) and write their text");
  app->add_flag("--no-special", options->noSpecial, "Do not add begin and end tokens (BOS, EOS)")
      ->excludes(decode);
  app->add_flag("--keep-special", options->keepSpecial, "Keep special tokens in the decoded text")
      ->needs(decode);
  auto *json =
      app->add_flag("--json", options->json,
                    "Write {\"ids\": [...], \"tokens\": [...], \"offsets\": [[begin, end], "
                    "...]} with offsets in bytes of the input, or {\"text\": ...}");
  app->add_option("--color", options->color,
                  "Show the tokens in colour with their ids: auto (on a terminal), always, never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str()
      ->excludes(decode)
      ->excludes(json);
  app->footer("Reads standard input, including a newline at its end. Text is written without an "
              "added newline.\n"
              "Examples:\n"
              "  echo -n \"Once upon a time\" | weft tokenize model.weft\n"
              "  echo -n \"Once upon a time\" | weft tokenize model.weft --json\n"
              "  weft tokenize tokenizer.json --color always < page.txt | less -R\n"
              "  echo 1 403 407 261 378 | weft tokenize model.weft --decode");
  return {app, [options] { return tokenize(*options); }};
}

} // namespace weft::cli
