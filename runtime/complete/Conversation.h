// Turns with a model.
#pragma once

#include "runtime/generate/speculate/Drafter.h"
#include "runtime/generate/Generator.h"
#include "runtime/generate/StopStrings.h"
#include "runtime/text/jinja/ChatTemplate.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <string>
#include <vector>

namespace weft::cli {

/// How a turn is answered. What it points to must outlive the conversation.
struct TurnOptions {
  /// Most tokens of an answer.
  uint64_t newTokens = 0;
  /// Each ends an answer and is no part of it.
  StopStrings stops;
  /// What every answer is held to; may be null.
  const TokenConstraint *constraint = nullptr;
  /// Guesses ahead; may be null.
  Drafter *drafter = nullptr;
};

/// Keeps what was said, and what of it the decoder's sequence 0 holds: a turn reads only
/// what differs from there on, mostly the new message. What it is made of must outlive it.
/// Not thread-safe.
class Conversation {
public:
  /// `endIds` end an answer.
  Conversation(Decoder &decoder, const text::Tokenizer &tokenizer,
               const jinja::ChatTemplate &chatTemplate, std::vector<int32_t> endIds)
      : decoder(decoder), tokenizer(tokenizer), chatTemplate(chatTemplate),
        endIds(std::move(endIds)) {}

  struct Answer {
    std::string text;
    Generation generation;
    /// Tokens of the prompt that needed no reading.
    uint64_t held = 0;
  };

  /// Adds the message and writes the answer to standard output as it comes; both become part
  /// of the conversation, also where the answer was interrupted. Errors, after which the
  /// conversation is as before: the template refuses it, it does not fit into the context,
  /// standard output is full, those of the decoder.
  Result<Answer> say(std::string message, Sampler &sampler, const TurnOptions &options,
                     const KeepGoing &keepGoing);

  /// What the model is told before all; empty takes it away.
  void setSystem(std::string prompt);
  std::string_view system() const;
  /// Forgets all but the system prompt.
  void reset();
  const std::vector<jinja::ChatMessage> &messages() const { return turns; }

private:
  Result<Answer> answer(Sampler &sampler, const TurnOptions &options, const KeepGoing &keepGoing);
  std::vector<int32_t> encode(const std::string &prompt) const;

  Decoder &decoder;
  const text::Tokenizer &tokenizer;
  const jinja::ChatTemplate &chatTemplate;
  std::vector<int32_t> endIds;
  std::vector<jinja::ChatMessage> turns;
  /// The tokens of sequence 0.
  std::vector<int32_t> held;
  /// The last prompt with its answer, and their tokens as the model wrote them; empty where
  /// the text does not show all of those.
  std::string spoken;
  std::vector<int32_t> spokenIds;
};

} // namespace weft::cli
