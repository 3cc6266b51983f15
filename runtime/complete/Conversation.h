// A chat: turns with a model.
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

/// Options of one turn. The pointers must outlive the conversation.
struct TurnOptions {
  /// The most new tokens of a reply.
  uint64_t newTokens = 0;
  /// Stop strings; each ends a reply and is not part of it.
  StopStrings stops;
  /// The constraint that every reply must match; may be null.
  const TokenConstraint *constraint = nullptr;
  /// For speculative decoding; may be null.
  Drafter *drafter = nullptr;
};

/// A conversation and which of its tokens are in the KV cache of the decoder's sequence 0: a turn
/// computes only the tokens after the cached prefix, usually the new message. The constructor's
/// references must outlive it. Not thread-safe.
class Conversation {
public:
  /// `endIds` end a reply. `variables` are passed to the template in addition to the messages.
  Conversation(Decoder &decoder, const text::Tokenizer &tokenizer,
               const jinja::ChatTemplate &chatTemplate, std::vector<int32_t> endIds,
               jinja::Dict variables = {})
      : decoder(decoder), tokenizer(tokenizer), chatTemplate(chatTemplate),
        endIds(std::move(endIds)), variables(std::move(variables)), promptText(tokenizer) {}

  /// The reply to one message.
  struct Reply {
    std::string text;
    Generation generation;
    /// Length of the cached prefix: prompt tokens that were in the KV cache and were not computed
    /// again.
    uint64_t cached = 0;
  };

  /// Adds `message` and completes the reply to it, which is streamed through `callbacks` as sample
  /// 0. Both become part of the conversation, even if the reply was interrupted. Errors: the
  /// template refuses the message, the prompt does not fit into the context, or an error of the
  /// callbacks or the decoder; the conversation is unchanged then.
  Result<Reply> say(std::string message, Sampler &sampler, const TurnOptions &options,
                    const CompletionCallbacks &callbacks);

  /// Sets the system prompt; empty removes it.
  void setSystem(std::string prompt);
  std::string_view system() const;
  /// Forgets all messages except the system prompt.
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
  /// The tokens in sequence 0's KV cache.
  std::vector<int32_t> cached;
  /// The last rendered prompt with its reply, and their token ids as the model produced them. Empty
  /// if the text does not show all of these tokens.
  std::string spoken;
  std::vector<int32_t> spokenIds;
};

} // namespace weft::complete
