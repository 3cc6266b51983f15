// weft eval: perplexity of a text, or the logits of given ids.
#include "runtime/base/SecondsSince.h"
#include "runtime/cli/Command.h"
#include "runtime/cli/options/Arguments.h"
#include "runtime/cli/options/ModelOptions.h"
#include "runtime/cli/report/Json.h"
#include "runtime/cli/report/Npy.h"
#include "runtime/complete/LoadedModel.h"
#include "runtime/generate/Perplexity.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <memory>
#include <numbers>

namespace weft::cli {

namespace {

struct EvalOptions {
  LoadOptions model;
  std::string text, tokens, logits;
  uint64_t window = 0, stride = 0;
  bool json = false;
};

/// The ids of a text, and those that the tokenizer puts before any text.
struct Encoded {
  std::vector<int32_t> prefix, text;
};

Encoded encode(const text::Tokenizer &tokenizer, std::string_view text) {
  std::vector<int32_t> whole = tokenizer.encode(text, true);
  std::vector<int32_t> bare = tokenizer.encode(text, false);
  // What stands around the bare ids is the post-processor's; what follows is not scored.
  const auto at = std::ranges::search(whole, bare);
  if (at.empty())
    return {{}, std::move(whole)};
  return {{whole.begin(), at.begin()}, std::move(bare)};
}

/// Opens the model with as many rows of logits per call as are worth their memory.
Result<LoadedModel> openForRows(LoadOptions options) {
  auto model = openArtifact(options);
  if (!model)
    return model;
  options.session.rows =
      complete::affordableRows(model->metadata().vocabulary(), options.session.tokens);
  if (auto opened = openSession(*model, options.session); !opened)
    return failFrom(opened);
  return model;
}

Result<int> reportPerplexity(const Perplexity &result, size_t bytes, double seconds,
                             const EvalOptions &options) {
  const double bitsPerByte =
      result.negativeLogLikelihood / (std::numbers::ln2 * double(std::max<size_t>(bytes, 1)));
  Result<void> written;
  if (options.json) {
    Json json = {{"perplexity", result.value()},
                 {"negative_log_likelihood", result.negativeLogLikelihood},
                 {"tokens", result.tokens},
                 {"windows", result.windows},
                 {"window", result.window},
                 {"stride", result.stride},
                 {"bytes", bytes},
                 {"bits_per_byte", result.interrupted ? NAN : bitsPerByte},
                 {"interrupted", result.interrupted},
                 {"seconds", seconds},
                 {"tokens_per_second", double(result.tokens) / seconds}};
    written = writeJson(json);
  } else {
    std::string text =
        fmt::format("perplexity {:.6g} over {} tokens (window {}, stride {}, {} windows)\n",
                    result.value(), result.tokens, result.window, result.stride, result.windows);
    if (result.interrupted)
      text += "interrupted: only the beginning of the text was scored\n";
    else
      text += fmt::format("{:.4f} nats a token, {:.4f} bits a byte\n",
                          result.negativeLogLikelihood / double(result.tokens), bitsPerByte);
    written = writeOutput(text);
  }
  if (!written)
    return failFrom(written);
  writeError(fmt::format("{} tokens in {:.3f} s ({:.1f} tok/s)\n", result.tokens, seconds,
                         double(result.tokens) / seconds));
  return result.interrupted ? exitInterrupted : exitDone;
}

Result<int> evalText(EvalOptions &options) {
  auto text = readAll(options.text);
  if (!text)
    return failFrom(text);
  if (options.window > 0)
    options.model.session.context = std::max(options.model.session.context, options.window);
  auto model = openForRows(options.model);
  if (!model)
    return failFrom(model);
  auto tokenizer = complete::openTokenizer(*model->artifact);
  if (!tokenizer)
    return failFrom(tokenizer);
  const Encoded ids = encode(**tokenizer, *text);

  Interrupt interrupt;
  SessionDecoder decoder(*model->session);
  const auto start = std::chrono::steady_clock::now();
  Result<Perplexity> result;
  {
    Progress progress("eval", ids.text.size());
    result = perplexity(
        decoder, ids.text, {options.window, options.stride, ids.prefix},
        [&](const Perplexity &sofar) {
          progress.update(sofar.tokens, fmt::format("perplexity {:.4g}", sofar.value()));
        },
        [] { return !Interrupt::requested(); });
  }
  if (!result)
    return failFrom(result);
  return reportPerplexity(*result, text->size(), secondsSince(start), options);
}

/// Ids as they are, or a file with them: what has anything else in it than numbers is its name.
Result<std::vector<int32_t>> readIds(const std::string &argument) {
  if (argument.find_first_not_of("0123456789, \t\r\n[]") == std::string::npos)
    return parseIds(argument);
  const std::string file = argument.substr(argument.starts_with('@'));
  auto text = readAll(file);
  if (!text)
    return failFrom(text);
  auto ids = parseIds(*text);
  return ids ? ids : fail((file == "-" ? "standard input" : file) + ": " + ids.error().message);
}

Result<int> evalLogits(EvalOptions &options) {
  auto ids = readIds(options.tokens);
  if (!ids)
    return failFrom(ids);
  if (ids->empty())
    return fail("expected at least one token id after --tokens, found none");
  auto model = openForRows(options.model);
  if (!model)
    return failFrom(model);
  SessionDecoder decoder(*model->session);
  if (auto fits = checkRoom(decoder, 0, ids->size()); !fits)
    return failFrom(fits);
  auto file = NpyWriter::create(options.logits, ids->size(), decoder.vocabulary());
  if (!file)
    return failFrom(file);

  Interrupt interrupt;
  Result<uint64_t> fed;
  {
    Progress progress("eval", ids->size());
    fed = feed(
        decoder, *ids, 0, 0,
        [&](uint64_t index, std::span<const float> logits) {
          progress.update(index, "");
          return file->append(logits);
        },
        [] { return !Interrupt::requested(); });
  }
  if (!fed)
    return failFrom(fed);
  if (*fed < ids->size())
    return exitInterrupted;
  if (auto written = file->finish(); !written)
    return failFrom(written);
  const Json summary = {
      {"logits", options.logits}, {"rows", ids->size()}, {"vocabulary", decoder.vocabulary()}};
  if (auto written = options.json ? writeJson(summary)
                                  : writeOutput(fmt::format("{}: f32 [{}, {}]\n", options.logits,
                                                            ids->size(), decoder.vocabulary()));
      !written)
    return failFrom(written);
  return exitDone;
}

} // namespace

Command addEval(CLI::App &weft) {
  auto options = std::make_shared<EvalOptions>();
  CLI::App *app = weft.add_subcommand(
      "eval", "Measure the perplexity of a text, or write the logits of given token ids");
  addModelPath(*app, options->model);
  auto *text = app->add_option("--text", options->text,
                               "Measure the perplexity of this file; - reads standard input")
                   ->type_name("FILE");
  auto *tokens = app->add_option("--tokens", options->tokens,
                                 "Compute logits for these token ids: separated by commas or "
                                 "spaces, or in a file; - reads standard input")
                     ->type_name("IDS|FILE");
  auto *logits =
      app->add_option("--logits", options->logits,
                      "Write the logits of --tokens to this NumPy file: f32 [ids, vocabulary]")
          ->type_name("OUT.npy")
          ->needs(tokens);
  tokens->needs(logits)->excludes(text);
  app->callback([text, tokens] {
    if (text->count() + tokens->count() == 0)
      throw CLI::ValidationError("expected --text FILE, or --tokens IDS --logits OUT.npy");
  });
  app->add_option("--window", options->window,
                  "Length of a window in tokens (default: the context)")
      ->type_name("N")
      ->check(wholeNumber(2, mostTokens))
      ->needs(text);
  app->add_option("--stride", options->stride,
                  "Tokens from one window to the next (default: half a window)")
      ->type_name("N")
      ->check(wholeNumber(1, mostTokens))
      ->needs(text);
  addSessionOptions(*app, options->model);
  app->add_flag("--json", options->json, "Write one JSON object");
  app->footer(
      "Windows slide over the text. Every token is scored once, in the first window that contains "
      "it.\n"
      "Every window begins with the tokens that the tokenizer adds before a text (BOS).\n"
      "Examples:\n"
      "  weft eval model.weft --text book.txt\n"
      "  weft eval model.weft --text book.txt --window 512 --stride 256 --json\n"
      "  weft eval model.weft --tokens 1,403,407 --logits out.npy\n"
      "  weft tokenize model.weft < book.txt | weft eval model.weft --tokens - --logits out.npy");
  return {app, [options, text] {
            return text->count() > 0 ? evalText(*options) : evalLogits(*options);
          }};
}

} // namespace weft::cli
