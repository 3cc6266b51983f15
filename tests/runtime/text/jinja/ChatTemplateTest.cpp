#include "runtime/text/jinja/ChatTemplate.h"
#include "runtime/text/jinja/ValueText.h"

#include <gtest/gtest.h>

using namespace weft::jinja;

namespace {

constexpr std::string_view source =
    "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content }}{{ eos_token }}{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}{{ tools | length }}";

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
  auto variables = valueFromJson(
      R"({"messages": [{"role": "tool", "content": "42"}], "tools": [{}, {}]})");
  ASSERT_TRUE(variables);
  EXPECT_EQ(chat->render(variables->dict()).value(), "<tool>422");
}

TEST(ChatTemplate, NamesWhatIsWrong) {
  EXPECT_EQ(ChatTemplate::parse("\n{% if %}", "", "").error().message,
            "line 2: expected an expression, found the end of the tag");
  auto chat = ChatTemplate::parse("{{ raise_exception('No system prompt') }}", "", "");
  EXPECT_EQ(chat->render(std::span<const ChatMessage>()).error().message,
            "line 1: the template refuses: No system prompt");
}

} // namespace
