// Turns with a model.
#pragma once

#include "runtime/complete/CompletionCallbacks.h"
#include "runtime/complete/Continuation.h"
#include "runtime/generate/Generator.h"
#include "runtime/generate/StopStrings.h"
#include "runtime/generate/speculate/Drafter.h"
#include "runtime/text/jinja/ChatTemplate.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <string>
#include <vector>

namespace weft::complete {

/// How a turn is completed. What it points to must outlive the conversation.
struct TurnOptions {
  /// The most tokens of a reply.
  uint64_t newTokens = 0;
  /// Each ends a reply and is no part of it.
  StopStrings stops;
  /// What every reply must match; may be null.
  const TokenConstraint *constraint = nullptr;
  /// For speculative decoding; may be null.
  Drafter *drafter = nullptr;
};

/// Keeps what was said, and what of it the decoder's sequence 0 has in its KV cache: a turn reads
/// only what differs from there on, mostly the new message. What it is made of must outlive it.
/// Not thread-safe.
class Conversation {
public:
  /// `endIds` end a reply. `variables` are what the template is given beside the messages.
  Conversation(Decoder &decoder, const text::Tokenizer &tokenizer,
               const jinja::ChatTemplate &chatTemplate, std::vector<int32_t> endIds,
               jinja::Dict variables = {})
      : decoder(decoder), tokenizer(tokenizer), chatTemplate(chatTemplate),
        endIds(std::move(endIds)), variables(std::move(variables)), promptText(tokenizer) {}

  struct Reply {
    std::string text;
    Generation generation;
    /// Tokens of the prompt that were in the KV cache and needed no reading.
    uint64_t cached = 0;
  };

  /// Adds the message and completes the reply to it, streamed through `callbacks` (as of
  /// complete(); it is sample 0). Both become part of the conversation, also where the reply was
  /// interrupted. Errors, after which the conversation is as before: the template refuses it, it
  /// does not fit into the context, those of the callbacks and of the decoder.
  Result<Reply> say(std::string message, Sampler &sampler, const TurnOptions &options,
                    const CompletionCallbacks &callbacks);

  /// Sets what the model is told before all; empty takes it away.
  void setSystem(std::string prompt);
  std::string_view system() const;
  /// Forgets all but the system prompt.
  void reset();
  const std::vector<jinja::ChatMessage> &messages() const { return turns; }

private:
  Result<Reply> reply(Sampler &sampler, const TurnOptions &options,
                      const CompletionCallbacks &callbacks);
  Result<std::vector<int32_t>> promptOf(const std::string &rendered) const;
  void keep(const std::string &rendered, std::vector<int32_t> ids, const Continuation &continuation,
            const Generation &generation);

  Decoder &decoder;
  const text::Tokenizer &tokenizer;
  const jinja::ChatTemplate &chatTemplate;
  std::vector<int32_t> endIds;
  jinja::Dict variables;
  std::vector<jinja::ChatMessage> turns;
  PromptText promptText;
  /// The tokens of sequence 0.
  std::vector<int32_t> cached;
  /// The last prompt with its reply, and their tokens as the model wrote them; empty where the
  /// text does not show all of those.
  std::string spoken;
  std::vector<int32_t> spokenIds;
};

} // namespace weft::complete
