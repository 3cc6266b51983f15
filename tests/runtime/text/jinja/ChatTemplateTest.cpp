#include "runtime/text/jinja/ChatTemplate.h"
#include "runtime/text/jinja/ValueText.h"

#include <gtest/gtest.h>

using namespace weft::jinja;

namespace {

constexpr std::string_view source =
    "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content }}{{ eos_token }}{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}{{ tools | default([], true) | length }}";

TEST(ChatTemplate, WritesMessages) {
  auto chat = ChatTemplate::parse(source, "<s>", "</s>");
  ASSERT_TRUE(chat) << chat.error().message;
  const ChatMessage messages[] = {{"system", "Be kind."}, {"user", "Hi"}};
  EXPECT_EQ(chat->render(messages).value(), "<s><system>Be kind.</s><user>Hi</s><assistant>0");
  EXPECT_EQ(chat->render(std::span<const ChatMessage>()).value(), "<s><assistant>0");
}

TEST(ChatTemplate, TakesWhateverElseATemplateReads) {
  auto chat = ChatTemplate::parse(source, "", "");
  ASSERT_TRUE(chat);
  auto variables =
      valueFromJson(R"({"messages": [{"role": "tool", "content": "42"}], "tools": [{}, {}]})");
  ASSERT_TRUE(variables);
  EXPECT_EQ(chat->render(variables->dict()).value(), "<tool>422");
}

TEST(ChatTemplate, HasToolsAndDocumentsAlways) {
  auto chat = ChatTemplate::parse("{{ tools is none }} {{ documents is none }} {{ x }} "
                                  "{{ add_generation_prompt }} {{ bos_token }}",
                                  "<s>", "");
  ASSERT_TRUE(chat);
  EXPECT_EQ(chat->render(Dict()).value(), "True True   <s>");
  auto variables = valueFromJson(
      R"({"tools": [], "x": 1, "add_generation_prompt": false, "bos_token": "<b>", "messages": 1})");
  const ChatMessage messages[] = {{"user", "Hi"}};
  EXPECT_EQ(chat->render(messages, variables->dict()).value(), "False True 1 False <b>");
}

TEST(ChatTemplate, NamesWhatIsWrong) {
  EXPECT_EQ(ChatTemplate::parse("\n{% if %}", "", "").error().message,
            "line 2: expected an expression, found the end of the tag");
  auto chat = ChatTemplate::parse("{{ raise_exception('No system prompt') }}", "", "");
  EXPECT_EQ(chat->render(std::span<const ChatMessage>()).error().message,
            "line 1: the template refuses: No system prompt");
}

} // namespace
