// From a prompt to its continuations.
#pragma once

#include "runtime/cli/options/CompletionOptions.h"
#include "runtime/cli/report/Json.h"
#include "runtime/generate/Generator.h"

#include <span>
#include <string>

namespace weft::cli {

struct Question {
  const text::Tokenizer &tokenizer;
  std::string prompt;
  std::vector<int32_t> ids;
  std::vector<int32_t> endIds;
  /// Of readForm().
  std::string form;
};

struct Answers {
  /// An array of {"text", "tokens", "stop"}, and what else was asked for: "logprobs" (as
  /// docs/generation.md has them), or of beams "score" and "logprob".
  Json texts = Json::array();
  /// What it took; of beams as far as they have such numbers.
  Generation generation;

  bool interrupted() const;
};

/// Continues the prompt as the options say, as long as standard output is read and Ctrl-C is
/// not pressed. Unless `quiet`, prompt and continuation go to standard output: a single one
/// as it comes, several one after another, each below a heading. Errors: those of
/// checkPrompt(), forms, the draft model, the decoder, and of writing.
Result<Answers> answer(const Question &question, const AnswerOptions &options,
                       const LoadOptions &model, Decoder &decoder, bool quiet);

/// Writes prompt and continuations as answer() does, none of which was written before.
Result<void> writeAnswers(const std::string &prompt, const Json &texts);

} // namespace weft::cli
