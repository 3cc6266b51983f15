#include "runtime/text/jinja/Template.h"
#include "runtime/text/jinja/ValueText.h"

#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

using namespace weft::jinja;

namespace {

weft::Result<std::string> render(const std::string &source, const Dict &variables = {},
                                 RenderOptions options = {}) {
  options.now = 1699963200;
  auto parsed = Template::parse(source);
  if (!parsed)
    return weft::failFrom(parsed);
  return parsed->render(variables, options);
}

std::string errorOf(const std::string &source, const RenderOptions &options = {}) {
  auto text = render(source, {}, options);
  return text ? "no error but '" + text->substr(0, 100) + "'" : text.error().message;
}

std::string repeat(const std::string &text, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i)
    out += text;
  return out;
}

// cases.json says what each template gives; compare-templates.py holds it to Jinja itself.
TEST(Jinja, Cases) {
  std::ifstream file(WEFT_SOURCE_DIR "/tests/runtime/text/jinja/cases.json");
  const std::string json(std::istreambuf_iterator<char>(file), {});
  auto cases = valueFromJson(json);
  ASSERT_TRUE(cases) << cases.error().message;
  ASSERT_GT(cases->list().size(), 80u);
  for (const Value &each : cases->list()) {
    const Dict &fields = each.dict();
    auto text = render(fields.find("template")->string(), fields.find("variables")->dict());
    const Value *expected = fields.find("text");
    const std::string &name = fields.find("name")->string();
    if (expected)
      EXPECT_EQ(text ? *text : text.error().message, expected->string()) << name;
    else
      EXPECT_EQ(text ? "no error" : text.error().message, fields.find("error")->string()) << name;
  }
}

TEST(Jinja, DeepSyntaxIsRefused) {
  for (const std::string &source :
       {"{{ " + repeat("(", 100000) + repeat(")", 100000) + "}}",
        "{{ " + repeat("[", 100000) + repeat("]", 100000) + "}}",
        "{{ " + repeat("-", 100000) + "1 }}", "{{ " + repeat("not ", 100000) + "1 }}",
        "{{ 1" + repeat("+1", 100000) + " }}", "{{ x" + repeat(".a", 100000) + " }}",
        "{{ x" + repeat("|e", 100000) + " }}", "{{ x" + repeat("()", 100000) + " }}",
        "{{ x" + repeat("[x", 100000) + repeat("]", 100000) + "}}",
        "{{ 1" + repeat(" if 1 else 1", 80000) + " }}", repeat("{% if 1 %}", 100000),
        repeat("{% for x in y %}", 60000), repeat("{% macro f() %}", 60000)}) {
    const std::string error = errorOf(source);
    EXPECT_TRUE(error.find("200") != error.npos) << source.substr(0, 20) << ": " << error;
  }
  EXPECT_EQ(errorOf(std::string(Template::longestSource + 1, 'x')),
            "line 1: expected a template of at most 1048576 bytes, found 1048577");
}

TEST(Jinja, RunawayTemplatesEnd) {
  const std::string tooLong = "line 1: the template takes too long";
  EXPECT_EQ(
      errorOf("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"),
      tooLong);
  EXPECT_EQ(errorOf("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"),
            "line 1: the template calls itself too deeply");
  const std::string doubling =
      "{% set ns = namespace(x='ab', l=[1], d=[]) %}{% for i in range(99) %}";
  const std::string longest = "line 1: expected texts of at most 16777216 bytes, found more";
  EXPECT_EQ(errorOf(doubling + "{% set ns.x = ns.x + ns.x %}{% endfor %}"), longest);
  EXPECT_EQ(errorOf(doubling + "{% set ns.x = ns.x ~ ns.x %}{% endfor %}"), longest);
  EXPECT_EQ(errorOf(doubling + "{% set ns.x = ns.x | replace('', ns.x) %}{% endfor %}"), longest);
  EXPECT_EQ(errorOf(doubling + "{% set ns.x = ns.x * 9 %}{% endfor %}"), longest);
  EXPECT_EQ(errorOf(doubling + "{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}{% endfor %}"),
            longest);
  const std::string tooLarge = "line 1: lists or dicts of more than 67108864 bytes";
  EXPECT_EQ(errorOf(doubling + "{% set ns.l = ns.l + ns.l %}{% endfor %}"), tooLarge);
  EXPECT_EQ(errorOf(doubling + "{% set ns.l = ns.l * 9 %}{% endfor %}"), tooLong);
  EXPECT_EQ(errorOf(doubling + "{% set ns.d = [ns.d, ns.d] %}{% endfor %}"), tooLarge);
  EXPECT_EQ(errorOf("{% set ns = namespace(d=[]) %}{% for i in range(999) %}{% set ns.d = [ns.d] "
                    "%}{% endfor %}"),
            "line 1: lists or dicts nested deeper than 200");
  EXPECT_EQ(errorOf("{{ 'x' * 9999999999 }}"), longest);
  EXPECT_EQ(errorOf("{{ [1] * 9223372036854775807 }}"), longest);
  EXPECT_EQ(errorOf("{{ 'a' | indent(9999999999) }}"), longest);
  EXPECT_EQ(errorOf("{{ range(9999999999) }}"), "line 1: 'range': expected at most 100000 numbers");
  EXPECT_EQ(errorOf("{{ 9223372036854775807 + 1 }}"),
            "line 1: expected integers of 64 bits, found more");
  EXPECT_EQ(errorOf("{{ 3 ** 99 }}"), "line 1: expected integers of 64 bits, found more");
  EXPECT_EQ(errorOf("{{ (-9223372036854775807 - 1) // -1 }}"),
            "line 1: expected integers of 64 bits, found more");
}

TEST(Jinja, NothingHoldsItself) {
  for (const std::string &source :
       {"{% set ns = namespace() %}{% set ns.x = ns %}", "{% set ns = namespace() %}{{ [ns] }}",
        "{% macro f() %}{% endmacro %}{% set ns = namespace(f=f) %}", "{{ {'a': range} }}",
        "{% for x in [1] %}{{ [loop] }}{% endfor %}"}) {
    EXPECT_NE(errorOf(source).find("expected"), std::string::npos) << source;
  }
}

TEST(Jinja, LimitsAreTheCallers) {
  RenderOptions options;
  options.longestText = 10;
  EXPECT_EQ(errorOf("{{ 'abcdef' }}{{ 'ghijkl' }}", options),
            "line 1: expected texts of at most 10 bytes, found more");
  options = {};
  options.work = 100;
  EXPECT_EQ(errorOf("\n{% for x in range(60) %}{% endfor %}", options),
            "line 2: the template takes too long");
}

TEST(Jinja, BytesThatAreNoTextComeThrough) {
  Dict variables;
  variables.set("x", "a\xff\xc3");
  EXPECT_EQ(render("{{ x }}{{ x | length }}{{ x | upper }}", variables).value(), "a\xff\xc3"
                                                                                 "3"
                                                                                 "A\xff\xc3");
  EXPECT_EQ(render("{{ x | tojson }}", variables).value(), "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

} // namespace
