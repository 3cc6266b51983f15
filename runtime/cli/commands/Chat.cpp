// weft chat: a conversation with a model.
#include "runtime/cli/Command.h"
#include "runtime/cli/commands/ChatLoop.h"
#include "runtime/cli/options/Arguments.h"
#include "runtime/cli/options/CompletionOptions.h"
#include "runtime/cli/options/ModelOptions.h"
#include "runtime/cli/options/SpeculationOptions.h"
#include "runtime/cli/options/TemplateOptions.h"
#include "runtime/cli/terminal/Output.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

namespace weft::cli {

namespace {

struct ChatOptions {
  LoadOptions model;
  CompletionArguments arguments;
  std::string system;
  TemplateArguments chatTemplate;
  jinja::Dict variables;
  ChatLoopOptions loop;
};

/// The text of a token that the model names by `given`, or in older files by `id`.
std::string tokenText(const flatbuffers::String *given, int32_t id,
                      const text::Tokenizer &tokenizer) {
  if (given)
    return given->str();
  return id >= 0 ? std::string(tokenizer.token(id)) : std::string();
}

struct ChatTokens {
  std::string begin, end;
};

ChatTokens chatTokens(const LoadedModel &model, const text::Tokenizer &tokenizer) {
  const schema::Text &text = *model.metadata().text();
  const int32_t end = text.endIds()->size() > 0 ? text.endIds()->Get(0) : -1;
  return {tokenText(text.beginToken(), text.beginId(), tokenizer),
          tokenText(text.endToken(), end, tokenizer)};
}

Result<jinja::ChatTemplate> openTemplate(const LoadedModel &model, const ChatTokens &tokens,
                                         const std::string &file) {
  std::string source = model.metadata().text()->chatTemplate()->str();
  std::string name = "the chat template of " + model.artifact->path();
  if (!file.empty()) {
    auto read = readAll(file);
    if (!read)
      return failFrom(read);
    if (read->empty())
      return fail(fmt::format("{}: expected a chat template, found an empty file", file));
    source = std::move(*read);
    name = file;
  }
  if (source.empty())
    return fail(fmt::format("{} has no chat template, which says how a conversation is written; "
                            "give one with --template FILE, or use weft run",
                            model.artifact->path()));
  auto parsed = jinja::ChatTemplate::parse(source, tokens.begin, tokens.end);
  if (!parsed)
    return fail(
        fmt::format("{}: {}; give another with --template FILE", name, parsed.error().message));
  return parsed;
}

/// The model's end ids, and the token that ends a turn by the template: checkpoints do not
/// always name it among the former.
std::vector<int32_t> replyEnds(const LoadedModel &model, const ChatTokens &tokens,
                               const text::Tokenizer &tokenizer) {
  std::vector<int32_t> ids = model.endIds();
  const int32_t end = tokens.end.empty() ? -1 : tokenizer.id(tokens.end);
  if (end >= 0 && std::ranges::find(ids, end) == ids.end())
    ids.push_back(end);
  return ids;
}

std::unique_ptr<LineReader> openLines(bool interactive) {
  if (!interactive)
    return makePlainLines();
  auto history = stateFile("chat_history");
  if (!history)
    writeError("weft: no history is kept: " + history.error().message + "\n");
  return makeEditedLines(history.value_or(""));
}

/// Talks until the person has enough; the model's session is open.
Result<int> talk(ChatOptions &options, const LoadedModel &model, const text::Tokenizer &tokenizer,
                 const jinja::ChatTemplate &chatTemplate, const ChatTokens &tokens) {
  auto ends = withStopTokens(replyEnds(model, tokens, tokenizer), options.arguments.stopTokens,
                             tokenizer, model.metadata().vocabulary());
  if (!ends)
    return failFrom(ends);
  SessionDecoder decoder(*model.session);
  const complete::CompletionOptions &wanted = options.arguments.completion;
  auto sampler = Sampler::make(wanted.sampler);
  if (!sampler)
    return failFrom(sampler);
  auto stops = StopStrings::make(wanted.stops);
  if (!stops)
    return failFrom(stops);
  auto constraint =
      complete::makeConstraint(wanted.constraint, tokenizer, decoder.vocabulary(), *ends);
  if (!constraint)
    return failFrom(constraint);
  auto speculation = complete::openSpeculation(wanted.speculation, options.model, decoder);
  if (!speculation)
    return failFrom(speculation);
  options.loop.turn = {wanted.newTokens, std::move(*stops), constraint->get(),
                       speculation->drafter.get()};

  complete::Conversation conversation(decoder, tokenizer, chatTemplate, *ends, options.variables);
  conversation.setSystem(options.system);
  options.loop.interactive = isInteractive();
  options.loop.colors = options.loop.interactive && !std::getenv("NO_COLOR");
  writeError(fmt::format("load {:.3f} s, seed {}\n", model.loadSeconds, wanted.sampler.seed));
  if (options.loop.interactive)
    writeError(fmt::format("{}, context {}. /help says what can be done, Ctrl-D ends.\n",
                           options.model.path, decoder.context()));
  auto lines = openLines(options.loop.interactive);
  return ChatLoop(conversation, *sampler, *lines, options.loop).run();
}

Result<int> chat(ChatOptions &options) {
  CompletionArguments &arguments = options.arguments;
  drawSeed(arguments.completion.sampler, arguments.sampling);
  if (auto resolved = arguments.resolveFiles(); !resolved)
    return failFrom(resolved);
  auto variables = templateVariables(options.chatTemplate);
  if (!variables)
    return failFrom(variables);
  options.variables = std::move(*variables);
  auto model = openArtifact(options.model);
  if (!model)
    return failFrom(model);
  auto tokenizer = complete::openTokenizer(*model->artifact);
  if (!tokenizer)
    return failFrom(tokenizer);
  const uint32_t vocabulary = model->metadata().vocabulary();
  if (auto resolved = arguments.resolveTokens(**tokenizer, vocabulary); !resolved)
    return failFrom(resolved);
  const ChatTokens tokens = chatTokens(*model, **tokenizer);
  auto chatTemplate = openTemplate(*model, tokens, options.chatTemplate.file);
  if (!chatTemplate)
    return failFrom(chatTemplate);
  options.model.session.rows = arguments.completion.rows();
  if (auto opened = openSession(*model, options.model.session); !opened)
    return failFrom(opened);
  return talk(options, *model, **tokenizer, *chatTemplate, tokens);
}

} // namespace

Command addChat(CLI::App &weft) {
  auto options = std::make_shared<ChatOptions>();
  complete::CompletionOptions &completion = options->arguments.completion;
  CLI::App *app = weft.add_subcommand("chat", "Chat with a model that has a chat template");
  addModelPath(*app, options->model);
  app->add_option("--system", options->system, "The system prompt")->type_name("TEXT");
  addTemplateOptions(*app, options->chatTemplate);
  completion.newTokens = mostTokens;
  app->add_option(
         "-n,--new-tokens", completion.newTokens,
         "The most tokens to generate for a reply (default: as many as the context has room for)")
      ->type_name("N")
      ->check(wholeNumber(1, mostTokens));
  addSamplingOptions(*app, completion.sampler, options->arguments.sampling);
  addStopOptions(*app, options->arguments);
  addConstraintOptions(*app, options->arguments.constraint);
  addSpeculationOptions(*app, completion.speculation);
  addSessionOptions(*app, options->model);
  app->callback([options] {
    if (const std::string wrong = conflict(options->arguments); !wrong.empty())
      throw CLI::ValidationError(wrong);
  });
  app->add_flag("--timing", options->loop.timing,
                "Write the time of each reply, and how many prompt tokens were cached (in the KV "
                "cache already)");
  app->footer(std::string("Replies are streamed to standard output; everything else goes to "
                          "standard error. If standard input\n"
                          "is no terminal, each of its lines is a message. In the chat:\n") +
              ChatLoop::help() +
              "Examples:\n"
              "  weft chat model.weft\n"
              "  weft chat model.weft --system \"Answer in one sentence.\" --temperature 0.6\n"
              "  weft chat model.weft --template chatml.jinja --context 8192\n"
              "  weft chat model.weft --template-var enable_thinking=false\n"
              "  weft chat model.weft --chat-template-kwargs '{\"enable_thinking\": false}'\n"
              "  weft chat model.weft --json-schema answer.json --stop \"User:\"\n"
              "  weft chat large.weft --draft small.weft --timing\n"
              "  echo \"What is a tensor?\" | weft chat model.weft -n 200");
  return {app, [options] { return chat(*options); }};
}

} // namespace weft::cli
