#include "runtime/text/jinja/ChatTemplate.h"

#include "runtime/text/jinja/TemplateError.h"

namespace weft::jinja {

Result<ChatTemplate> ChatTemplate::parse(std::string_view source, std::string beginToken,
                                         std::string endToken) {
  auto parsed = jinja::Template::parse(source);
  if (!parsed)
    return failFrom(parsed);
  return ChatTemplate(std::move(*parsed), std::move(beginToken), std::move(endToken));
}

Result<std::string> ChatTemplate::render(Dict variables) const {
  for (const auto &[name, token] : {std::pair("bos_token", &beginToken), {"eos_token", &endToken}})
    if (!variables.find(name))
      variables.set(name, *token);
  for (const char *name : {"tools", "documents"}) // transformers gives them always
    if (!variables.find(name))
      variables.set(name, Value::none());
  return source.render(variables);
}

Result<std::string> ChatTemplate::render(std::span<const ChatMessage> messages,
                                         Dict variables) const {
  if (!variables.find("add_generation_prompt"))
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
