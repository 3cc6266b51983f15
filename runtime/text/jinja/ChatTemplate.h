// How a model wants a conversation written.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/text/jinja/Template.h"

#include <span>
#include <string>
#include <string_view>

namespace weft::jinja {

/// One turn. Roles are what templates know: "system", "user", "assistant",
/// "tool".
struct ChatMessage {
  std::string role, content;
};

/// A chat template with the model's tokens. Immutable; may be used from any
/// thread.
class ChatTemplate {
public:
  /// `beginToken` and `endToken` are what the template knows as bos_token and
  /// eos_token. Errors are those of jinja::Template::parse.
  static Result<ChatTemplate> parse(std::string_view source, std::string beginToken,
                                    std::string endToken);

  /// The prompt whose continuation is the next reply. It has the tokens that
  /// begin a text written out: encode it without special tokens around it.
  /// `variables` are more of what the template reads: "enable_thinking",
  /// "tools" and the like; "messages" among them is replaced. Errors are those
  /// of the template: roles that it does not take, say.
  Result<std::string> render(std::span<const ChatMessage> messages,
                             jinja::Dict variables = {}) const;
  /// The same with every variable given: "messages", a list of dicts with role
  /// and content and whatever else the template reads, and
  /// "add_generation_prompt". Where they are not given, bos_token and eos_token
  /// are the model's, tools and documents none.
  Result<std::string> render(jinja::Dict variables) const;

private:
  ChatTemplate(jinja::Template source, std::string beginToken, std::string endToken)
      : source(std::move(source)), beginToken(std::move(beginToken)),
        endToken(std::move(endToken)) {}

  jinja::Template source;
  std::string beginToken, endToken;
};

} // namespace weft::jinja
