#include "runtime/text/jinja/ChatTemplate.h"

#include "runtime/text/jinja/TemplateError.h"

namespace weft::jinja {

using jinja::Dict;
using jinja::List;

Result<ChatTemplate> ChatTemplate::parse(std::string_view source, std::string beginToken,
                                         std::string endToken) {
  auto parsed = jinja::Template::parse(source);
  if (!parsed)
    return failFrom(parsed);
  return ChatTemplate(std::move(*parsed), std::move(beginToken), std::move(endToken));
}

Result<std::string> ChatTemplate::render(Dict variables) const {
  variables.set("bos_token", beginToken);
  variables.set("eos_token", endToken);
  return source.render(variables);
}

Result<std::string> ChatTemplate::render(std::span<const ChatMessage> messages) const {
  Dict variables;
  variables.set("add_generation_prompt", true);
  try {
    List turns;
    for (const ChatMessage &message : messages) {
      Dict turn;
      turn.set("role", message.role);
      turn.set("content", message.content);
      turns.emplace_back(std::move(turn));
    }
    variables.set("messages", std::move(turns));
  } catch (const jinja::TemplateError &error) {
    return fail(std::string("the conversation: ") + error.what());
  }
  return render(std::move(variables));
}

} // namespace weft::jinja
