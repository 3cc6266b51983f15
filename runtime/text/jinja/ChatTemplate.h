// Chat templates: how a model wants a conversation to be written.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/text/jinja/Template.h"

#include <span>
#include <string>
#include <string_view>

namespace weft::jinja {

/// One message. The template decides which roles it accepts: "system", "user", "assistant", "tool".
struct ChatMessage {
  std::string role, content;
};

/// A chat template with the model's begin and end tokens. Immutable; may be used from any thread.
class ChatTemplate {
public:
  /// Parses a template. It sees `beginToken` and `endToken` as bos_token and eos_token. Errors are
  /// those of jinja::Template::parse().
  static Result<ChatTemplate> parse(std::string_view source, std::string beginToken,
                                    std::string endToken);

  /// Returns the prompt whose continuation is the next reply. It contains the begin token as text,
  /// so encode it without adding special tokens. `variables` are passed to the template in addition
  /// ("enable_thinking", "tools"); its "messages" is replaced. Errors are those of the template,
  /// such as an unknown role.
  Result<std::string> render(std::span<const ChatMessage> messages,
                             jinja::Dict variables = {}) const;
  /// Renders with exactly these variables: "messages" (a list of dicts with role, content and what
  /// else the template reads), "add_generation_prompt" and so on. Defaults: the model's tokens for
  /// bos_token and eos_token, none for tools and documents.
  Result<std::string> render(jinja::Dict variables) const;

private:
  ChatTemplate(jinja::Template source, std::string beginToken, std::string endToken)
      : source(std::move(source)), beginToken(std::move(beginToken)),
        endToken(std::move(endToken)) {}

  jinja::Template source;
  std::string beginToken, endToken;
};

} // namespace weft::jinja
