#include "runtime/constrain/schema/JsonSchema.h"
#include "tests/runtime/constrain/Texts.h"

#include <cmath>

namespace weft::constrain {
namespace {

struct Documents {
  const char *schema;
  std::vector<const char *> accepted, rejected;
};

void check(const Documents &documents) {
  SCOPED_TRACE(documents.schema);
  const GrammarAutomaton automaton = compiled(grammarOfJsonSchema(documents.schema));
  for (const char *text : documents.accepted)
    EXPECT_TRUE(accepts(automaton, text)) << text;
  for (const char *text : documents.rejected)
    EXPECT_FALSE(accepts(automaton, text)) << text;
}

TEST(JsonSchema, AnyValue) {
  check({"{}",
         {"null", "true", "-12.5e+3", R"("a\n\u00e9\ud83d\ude00é")", "[1, {\"a\":[]}]",
          "{\n  \"a\": {\"b\":null},\n  \"c\": 0\n}"},
         {"", "01", "1.", "nul", R"("\x")", R"("\ud83d")", "[1,]", "{a:1}", "{\"a\" :1}", " 1",
          "\"\n\"", "[1 2]"}});
}

TEST(JsonSchema, Types) {
  check({R"({"type": "integer"})",
         {"0", "-12", "123456789012345678"},
         {"-0", "1.0", "1e3", "\"1\""}});
  check({R"({"type": ["string", "null"]})", {"null", "\"\""}, {"1", "true"}});
  check({R"({"type": "boolean"})", {"true", "false"}, {"null", "True"}});
  check({R"({"type": "number"})", {"1", "-1.5", "2E-7"}, {"1e", "+1", "Infinity", "NaN"}});
}

TEST(JsonSchema, Objects) {
  check({R"({"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "null"},
             "c": true}, "required": ["b"]})",
         {R"({"b":null})", R"({"a": 1, "b": null, "c": [2]})", R"({"b":null,"c":"x"})",
          "{\n\t\"a\": 1,\n\t\"b\": null\n}"},
         {"{}", R"({"a":1})", R"({"b":null,"a":1})", R"({"b":null,"d":1})", R"({,"b":null})",
          R"({"b":null,})"}});
  check({R"({"properties": {"a": {"const": 1}, "b": {"const": 2}, "c": {"const": 3}}})",
         {"{}", R"({"a":1})", R"({"c":3})", R"({"a":1,"c":3})", R"({"b":2,"c":3})",
          R"({"a":1,"b":2,"c":3})"},
         {R"({"c":3,"a":1})", R"({"a":1,"a":1})", R"({"a":2})"}});
  check(
      {R"({"type": "object", "properties": {"ab": {"type": "null"}, "é": {"type": "null"}},
             "additionalProperties": {"type": "integer"}})",
       {"{}", R"({"ab":null,"a":1,"abc":2,"":3})", R"({"x":1})", R"({"é":null,"è":5})"},
       {R"({"ab":1})", R"({"x":null})", R"({"x":1,"ab":null})", R"({"é":1})", R"({"\u0061b":1})"}});
  check({R"({"type": "object", "additionalProperties": {"type": "null"}, "minProperties": 1,
             "maxProperties": 2})",
         {R"({"a":null})", R"({"a":null, "b":null})"},
         {"{}", R"({"a":null,"b":null,"c":null})"}});
  check({R"({"type": "object", "required": ["z"], "additionalProperties": {"type": "integer"}})",
         {R"({"z":1})", R"({"z":1,"y":2})"},
         {"{}", R"({"y":2})"}});
}

TEST(JsonSchema, Arrays) {
  check({R"({"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 3})",
         {"[1,2]", "[1, 2, 3]"},
         {"[]", "[1]", "[1,2,3,4]", "[1,\"2\"]"}});
  check({R"({"type": "array", "prefixItems": [{"const": 1}, {"const": "b"}], "items": false})",
         {"[]", "[1]", "[1,\"b\"]"},
         {"[\"b\"]", "[1,\"b\",3]"}});
  check({R"({"items": [{"const": 1}], "additionalItems": {"type": "null"}, "minItems": 2})",
         {"[1,null]", "[1,null,null]"},
         {"[1]", "[null,null]", "[1,2]"}});
  check({R"({"type": "array", "maxItems": 0})", {"[]"}, {"[1]"}});
  check({R"({"type": "array", "minItems": 1})", {"[1]", "[[],{}]"}, {"[]"}});
}

TEST(JsonSchema, Strings) {
  check({R"({"type": "string", "minLength": 1, "maxLength": 2})",
         {"\"a\"", "\"é😀\"", R"("\ud83d\ude00\n")"},
         {"\"\"", "\"abc\""}});
  check({R"({"type": "string", "pattern": "^[A-Z\"\\\\\\n]{2}$"})",
         {"\"AB\"", R"("\"\\")", R"("\nA")"},
         {"\"ab\"", "\"ABC\"", R"(""A")"}});
  check({R"({"type": "string", "pattern": "b|^c"})", {"\"abc\"", "\"b\"", "\"cd\""}, {"\"ac\""}});
  check({R"({"enum": ["a\"b", 1, null, [1, {"x": true}]]})",
         {R"("a\"b")", "1", "null", "[1, {\"x\": true}]"},
         {"\"ab\"", "2", "[1]"}});
  check({R"({"enum": [1, "1", 2.5], "type": "string"})", {"\"1\""}, {"1", "2.5"}});
  check({R"({"format": "date-time"})",
         {"\"2024-02-28T23:59:59Z\"", "\"2024-12-31T00:00:00.123+02:00\""},
         {"\"2024-02-30T00:00:00Z\"", "\"2024-04-31T00:00:00Z\"", "\"2024-01-01 00:00:00Z\""}});
  check({R"({"format": "uuid"})", {"\"123e4567-e89b-12d3-a456-426614174000\""}, {"\"123e\""}});
  check({R"({"format": "ipv4"})", {"\"255.0.19.1\""}, {"\"256.0.0.1\"", "\"1.2.3\""}});
  check({R"({"format": "email"})", {"\"a.b@c-d.org\""}, {"\"a@b\"", "\"@b.org\""}});
}

TEST(JsonSchema, IntegerRangesAreExact) {
  std::mt19937 random(5);
  for (int i = 0; i < 40; ++i) {
    int low = int(random() % 3000) - 1500, high = int(random() % 3000) - 1500;
    if (i % 4 == 0)
      low /= 100, high /= 100;
    if (low > high)
      std::swap(low, high);
    const GrammarAutomaton automaton =
        compiled(grammarOfJsonSchema(R"({"type": "integer", "minimum": )" + std::to_string(low) +
                                     R"(, "maximum": )" + std::to_string(high) + "}"));
    for (int value = -1600; value <= 1600; ++value)
      ASSERT_EQ(accepts(automaton, std::to_string(value)), low <= value && value <= high)
          << value << " in " << low << " to " << high;
    EXPECT_FALSE(accepts(automaton, "007"));
  }
  check({R"({"type": "integer", "exclusiveMinimum": 1.5, "maximum": 1e2})",
         {"2", "100"},
         {"1", "101"}});
}

TEST(JsonSchema, RangesWithOneBound) {
  check({R"({"type": "integer", "maximum": 9})",
         {"9", "0", "-1", "-123456789012345678"},
         {"10", "123456789012345678", "-0"}});
  check({R"({"type": "integer", "minimum": 18273})",
         {"18273", "20000", "123456789012345678"},
         {"18272", "9999", "-1"}});
  check(
      {R"({"type": "number", "minimum": 0.0})", {"0", "0.5", "98765432109876.5"}, {"-0.1", "-3"}});
  check({R"({"type": "number", "exclusiveMaximum": -40})",
         {"-40.01", "-1000000"},
         {"-40", "0", "-4"}});
}

TEST(JsonSchema, NumberRanges) {
  check({R"({"type": "number", "minimum": -1, "exclusiveMaximum": 10})",
         {"-1", "-0.5", "0", "9.999", "3", "-1.0"},
         {"-1.1", "10", "10.0", "-2", "11"}});
  check({R"({"type": "number", "exclusiveMinimum": 0, "maximum": 1})",
         {"0.001", "1", "1.00"},
         {"0", "0.0", "-1", "1.01"}});
}

TEST(JsonSchema, Combinations) {
  check({R"({"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": 1}]})",
         {"1", "\"a\""},
         {"\"ab\"", "null"}});
  check({R"({"type": "object", "properties": {"k": {"type": "integer"}},
             "oneOf": [{"required": ["k"]}, {"properties": {"m": {"type": "null"}}}]})",
         {"{}", R"({"m":null})"},
         {R"({"m":1})", R"({"k":null})", R"({"k":1})", R"({"k":2,"m":null})"}});
  check({R"({"allOf": [{"type": "object", "properties": {"a": {"minimum": 1}}, "required": ["a"]},
             {"properties": {"a": {"type": "integer", "maximum": 3}, "b": {"type": "null"}}}]})",
         {R"({"a":1})", R"({"a":3,"b":null})"},
         {R"({"a":0})", R"({"a":4})", R"({"b":null})"}});
  check({R"({"allOf": [{"type": "integer"}, {"enum": [1, "x", 3]}]})", {"1", "3"}, {"\"x\"", "2"}});
}

TEST(JsonSchema, References) {
  check({R"({"$ref": "#/$defs/tree", "$defs": {"tree": {"type": "object",
             "properties": {"v": {"type": "integer"},
                            "kids": {"type": "array", "items": {"$ref": "#/$defs/tree"}}},
             "required": ["v"], "additionalProperties": false}}})",
         {R"({"v":1})", R"({"v":1,"kids":[{"v":2,"kids":[]},{"v":3}]})"},
         {R"({"kids":[]})", R"({"v":1,"kids":[1]})"}});
  check({R"({"definitions": {"a/b": {"const": 1}}, "$ref": "#/definitions/a~1b"})", {"1"}, {"2"}});
  check({R"({"type": "array", "items": {"allOf": [{"$ref": "#"}], "description": "again"}})",
         {"[]", "[[[]],[]]"},
         {"[1]"}});
}

TEST(JsonSchema, CompactHasNoWhiteSpace) {
  const GrammarAutomaton automaton =
      compiled(grammarOfJsonSchema(R"({"type": "array", "items": {}})", WhiteSpace::Compact));
  EXPECT_TRUE(accepts(automaton, R"([1,{"a":[],"b":2}])"));
  EXPECT_FALSE(accepts(automaton, "[1, 2]"));
}

TEST(JsonSchema, ErrorsNameThePlace) {
  auto error = [](const std::string &schema) { return errorOf(grammarOfJsonSchema(schema)); };
  EXPECT_EQ(
      error(R"({"properties": {"a/b": {"divisibleBy": 2}}})"),
      "JSON Schema, #/properties/a~1b/divisibleBy: the keyword \"divisibleBy\" is not supported");
  EXPECT_EQ(error("{\n?").find("JSON Schema: not valid JSON at line 2, column 1: "), 0u);
  EXPECT_NE(error("3").find("expected a schema"), std::string::npos);
  EXPECT_NE(error("false").find("no value at all"), std::string::npos);
  EXPECT_NE(error(R"({"type": "float"})").find("#/type: expected null"), std::string::npos);
  EXPECT_NE(error(R"({"$ref": "#/nowhere"})").find("nothing is at"), std::string::npos);
  EXPECT_NE(error(R"({"$ref": "other.json"})").find("within the document"), std::string::npos);
  EXPECT_NE(error(R"({"type": "string", "format": "colour"})").find("supported are date"),
            std::string::npos);
  EXPECT_NE(error(R"({"type": "string", "pattern": "(a"})").find("#/pattern: regular expression"),
            std::string::npos);
  EXPECT_NE(error(R"({"minLength": -1})").find("whole number"), std::string::npos);
  EXPECT_NE(error(R"({"type": "integer", "minimum": 3, "maximum": 2})").find("no number"),
            std::string::npos);
  EXPECT_NE(error(R"({"type": "array", "uniqueItems": true})").find("\"uniqueItems\""),
            std::string::npos);
  EXPECT_NE(error(R"({"allOf": [{"type": "string"}, {"type": "null"}]})").find("exclude"),
            std::string::npos);
  EXPECT_NE(error(R"({"required": ["a"], "properties": {"a": false}})").find("not allowed"),
            std::string::npos);
  EXPECT_NE(error(R"({"anyOf": []})").find("at least one"), std::string::npos);
  EXPECT_NE(error(R"({"enum": []})").find("no value"), std::string::npos);
}

TEST(JsonSchema, HostileOnesEndSoon) {
  auto error = [](const std::string &schema) {
    auto grammar = grammarOfJsonSchema(schema);
    return grammar ? errorOf(compile(*grammar)) : errorOf(grammar);
  };
  EXPECT_NE(error(R"({"$ref": "#"})").find("no text that ends"), std::string::npos);
  EXPECT_NE(error(R"({"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]})")
                .find("no text that ends"),
            std::string::npos);
  EXPECT_NE(error(R"({"type": "object", "allOf": [{"$ref": "#"}]})").find("without end"),
            std::string::npos);
  std::string deep;
  for (int i = 0; i < 400; ++i)
    deep += R"({"items":)";
  EXPECT_NE(error(deep + "{}" + std::string(400, '}')).find("nested deeper"), std::string::npos);
  EXPECT_FALSE(error(std::string(100000, '[')).empty());
  std::string product = R"({"allOf": [)";
  for (int i = 0; i < 30; ++i)
    product += std::string(i ? "," : "") + R"({"anyOf": [{"minimum": 1}, {"maximum": 2}]})";
  EXPECT_FALSE(error(product + "]}").empty());
}

TEST(JsonSchema, BranchesWithoutAValueAreDropped) {
  check({R"({"anyOf": [false, {"const": 1}]})", {"1"}, {"2", "null"}});
  check(
      {R"({"type": "object", "properties": {"a": {"enum": ["x", "y"]}, "b": {"minimum": 3, "maximum": 2}},
             "required": ["a"], "anyOf": [{"properties": {"a": {"const": "x"}}}, {"properties": {"a": {"const": "z"}}}]})",
       {R"({"a":"x"})"},
       {R"({"a":"y"})", R"({"a":"z"})", R"({"a":"x","b":2})"}});
  check({R"({"anyOf": [{"$ref": "#/$defs/never"}, {"type": "null"}],
             "$defs": {"never": {"type": "object", "properties": {"n": {"$ref": "#/$defs/never"}}, "required": ["n"]}}})",
         {"null"},
         {"{}"}});
  check({R"({"type": "array", "items": {"allOf": [{"type": "string"}, {"type": "null"}]}})",
         {"[]"},
         {"[null]"}});
  EXPECT_NE(errorOf(grammarOfJsonSchema(R"({"anyOf": [false, {"type": "string", "enum": [1]}]})"))
                .find("no value"),
            std::string::npos);
}

TEST(JsonSchema, BoundsOfAnySize) {
  check({R"({"type": "integer", "minimum": 0, "maximum": 9223372036854775807})",
         {"0", "9223372036854775807"},
         {"9223372036854775808", "-1"}});
  check({R"({"type": "integer", "minimum": -9223372036854775808, "maximum": 18446744073709551615})",
         {"-9223372036854775808", "18446744073709551615"},
         {"-9223372036854775809", "18446744073709551616"}});
  check(
      {R"({"type": "number", "minimum": -1.7976931348623157e308, "maximum": 1.7976931348623157e308})",
       {"0", "-1.5e9"},
       {"\"\""}});
  check({R"({"type": "integer", "maximum": 100000000000000000000000000})",
         {"123456789012345678"},
         {"1.5"}});
  check({R"({"type": "number", "exclusiveMinimum": 0, "maximum": 1.7976931348623157e308})",
         {"0.5", "7"},
         {"0", "-1"}});
  check({R"({"type": "integer", "exclusiveMaximum": 9007199254740993})",
         {"9007199254740990"},
         {"9007199254740993"}});
}

TEST(JsonSchema, FractionalBoundsAndMultiples) {
  check({R"({"type": "number", "minimum": 0.5, "maximum": 1})",
         {"0.5", "0.50", "0.75", "1", "1.0"},
         {"0.4", "0.49", "1.01", "0", "5"}});
  check({R"({"type": "number", "minimum": -0.25, "exclusiveMaximum": 12.125})",
         {"-0.25", "0", "-0.1", "12.12", "12.1249", "12", "7.5"},
         {"-0.26", "12.125", "12.13", "13", "-1"}});
  check({R"({"type": "number", "exclusiveMinimum": 1.25, "maximum": 1.5})",
         {"1.251", "1.3", "1.5", "1.50"},
         {"1.25", "1.250", "1.2", "1.51", "1"}});
  check({R"({"type": "integer", "multipleOf": 5, "minimum": -12, "maximum": 103})",
         {"-10", "0", "5", "100"},
         {"-15", "3", "105", "101"}});
  check({R"({"type": "number", "multipleOf": 0.25, "minimum": 0})",
         {"0.25", "1.750", "3", "10.5"},
         {"0.3", "1.1", "0.255"}});
  std::mt19937 random(9);
  for (int i = 0; i < 40; ++i) {
    const double low = (int(random() % 4000) - 2000) / 64.0, high = low + random() % 300 / 64.0;
    const bool isOpen = random() % 2;
    const GrammarAutomaton automaton = compiled(
        grammarOfJsonSchema(R"({"type": "number", "minimum": )" + std::to_string(low) + ", \"" +
                            (isOpen && high > low ? "exclusiveMaximum" : "maximum") +
                            "\": " + std::to_string(high) + "}"));
    for (int n = 0; n < 300; ++n) {
      const double value = std::round((low + (int(random() % 900) - 300) / 128.0) * 128) / 128;
      std::string text = std::to_string(value); // six digits are all of 1/64, seven of 1/128
      if (std::stod(text) != value || value == 0)
        continue;
      ASSERT_EQ(accepts(automaton, text),
                value >= low && (isOpen && high > low ? value < high : value <= high))
          << text << " in " << low << " to " << high << isOpen;
    }
  }
}

TEST(JsonSchema, LongTextsAndArraysHaveCounters) {
  const GrammarAutomaton text = compiled(grammarOfJsonSchema(
      R"({"type": "object", "properties": {"content": {"type": "string", "minLength": 8192, "maxLength": 100000}}, "required": ["content"]})"));
  EXPECT_LT(text.states(), 10000u);
  auto document = [](size_t length) {
    return "{\"content\":\"" + std::string(length, 'x') + "\"}";
  };
  for (size_t length : {0, 8191, 8192, 99999, 100000, 100001})
    EXPECT_EQ(accepts(text, document(length)), length >= 8192 && length <= 100000) << length;
  const GrammarAutomaton items = compiled(
      grammarOfJsonSchema(R"({"type": "array", "items": {"type": "integer"}, "maxItems": 10000})"));
  auto list = [](size_t count) {
    std::string made = "[1";
    for (size_t i = 1; i < count; ++i)
      made += ",12";
    return made + "]";
  };
  EXPECT_TRUE(accepts(items, list(10000)));
  EXPECT_FALSE(accepts(items, list(10001)));
  const GrammarAutomaton both = compiled(
      grammarOfJsonSchema(R"({"type": "string", "pattern": "^([a-z]{2})+$", "maxLength": 20001})"));
  EXPECT_TRUE(accepts(both, "\"" + std::string(20000, 'x') + "\""));
  EXPECT_FALSE(accepts(both, "\"" + std::string(19999, 'x') + "\""));
  EXPECT_FALSE(accepts(both, "\"" + std::string(20002, 'x') + "\""));
  check({R"({"type": "string", "maxLength": 18446744073709551615})", {"\"a\""}, {"1"}});
}

TEST(JsonSchema, AllKeywordsHoldTogether) {
  check({R"({"type": "string", "pattern": "^[a-z]+$", "maxLength": 3})",
         {"\"a\"", "\"abc\""},
         {"\"\"", "\"abcd\"", "\"A\""}});
  check({R"({"type": "string", "enum": ["a", "bbb", "cc"], "maxLength": 2, "pattern": "[bc]"})",
         {"\"cc\""},
         {"\"a\"", "\"bbb\""}});
  check({R"({"type": "string", "format": "date", "pattern": "^20", "minLength": 3})",
         {"\"2024-01-01\""},
         {"\"1999-01-01\""}});
  check({R"({"allOf": [{"type": "string", "pattern": "a"}, {"pattern": "b$"}], "maxLength": 2})",
         {"\"ab\""},
         {"\"ba\"", "\"aab\""}});
  check({R"({"const": 3, "minimum": 2})", {"3"}, {"2"}});
  check({R"({"enum": [1, 2.0, 3], "type": "integer", "multipleOf": 2})", {"2.0"}, {"1", "3"}});
}

TEST(JsonSchema, NotIfAndOneOf) {
  check({R"({"type": "string", "not": {"enum": ["a", "b"]}, "maxLength": 1})",
         {"\"c\"", "\"\""},
         {"\"a\"", "\"b\""}});
  check({R"({"type": "integer", "not": {"minimum": 3, "maximum": 5}, "minimum": 0, "maximum": 7})",
         {"0", "2", "6", "7"},
         {"3", "4", "5", "8"}});
  check({R"({"not": {"type": ["string", "object", "array", "number"]}})",
         {"null", "true"},
         {"1", "\"\""}});
  check({R"({"type": "string", "not": {"pattern": "a"}})", {"\"b\"", "\"\""}, {"\"ab\""}});
  check(
      {R"({"type": "object", "properties": {"kind": {"enum": ["a", "b"]}, "x": {"type": "integer"}}, "required": ["kind"],
             "if": {"properties": {"kind": {"const": "a"}}}, "then": {"required": ["x"]}, "else": {"properties": {"x": false}}})",
       {R"({"kind":"a","x":1})", R"({"kind":"b"})"},
       {R"({"kind":"a"})", R"({"kind":"b","x":1})"}});
  check({R"({"oneOf": [{"type": "number"}, {"type": "integer"}]})", {"1.5"}, {"\"\"", "3"}});
  check(
      {R"({"oneOf": [{"type": "integer", "minimum": 0, "maximum": 10}, {"type": "integer", "minimum": 5, "maximum": 15}]})",
       {"0", "4", "11", "15"},
       {"5", "10", "16"}});
  check({R"({"type": "object", "properties": {"a": {"type": "null"}, "b": {"type": "null"}},
             "oneOf": [{"required": ["a"]}, {"required": ["b"]}]})",
         {R"({"a":null})", R"({"b":null})"},
         {"{}", R"({"a":null,"b":null})"}});
  check(
      {R"({"anyOf": [{"minimum": 3}, {"maximum": -3}], "oneOf": [{"type": "integer"}, {"type": "string"}]})",
       {"3", "-4"},
       {"0", "3.5"}});
  EXPECT_NE(errorOf(grammarOfJsonSchema(R"({"not": {"format": "date"}})"))
                .find("\"format\" is not supported"),
            std::string::npos);
}

TEST(JsonSchema, KeysByPatternAndName) {
  check(
      {R"({"type": "object", "patternProperties": {"^x-": {"type": "integer"}, "z$": {"type": "integer", "minimum": 5}},
             "additionalProperties": {"type": "null"}})",
       {R"({"x-a":1,"x-z":5,"q":null,"z":7})", "{}"},
       {R"({"x-z":1})", R"({"q":1})", R"({"x-a":null})"}});
  check(
      {R"({"type": "object", "properties": {"x-a": {"maximum": 3}}, "patternProperties": {"^x-": {"type": "integer"}}})",
       {R"({"x-a":1,"x-b":9})"},
       {R"({"x-a":4})", R"({"q":1})", R"({"x-a":1.5})"}});
  check(
      {R"({"type": "object", "propertyNames": {"pattern": "^[a-z]{1,3}$", "not": {"const": "no"}}, "additionalProperties": {"type": "integer"}})",
       {R"({"a":1,"abc":2})"},
       {R"({"abcd":1})", R"({"A":1})", R"({"no":1})"}});
  check(
      {R"({"type": "object", "propertyNames": {"enum": ["a", "b"]}, "additionalProperties": {"type": "integer"}})",
       {R"({"a":1})", R"({"b":1,"a":1})"},
       {R"({"c":1})"}});
  check(
      {R"({"type": "object", "properties": {"a": true, "b": true, "c": true}, "required": ["b"], "minProperties": 2, "maxProperties": 2})",
       {R"({"a":1,"b":1})", R"({"b":1,"c":1})"},
       {R"({"b":1})", R"({"a":1,"b":1,"c":1})"}});
  check(
      {R"({"type": "object", "properties": {"a": {"type": "null"}, "b": {"type": "null"}, "c": {"type": "null"}},
             "dependentRequired": {"a": ["b"]}})",
       {"{}", R"({"a":null,"b":null})", R"({"c":null})", R"({"b":null})"},
       {R"({"a":null})", R"({"a":null,"c":null})"}});
  check({R"({"type": "object", "properties": {"a": {"type": "null"}, "b": {"type": "integer"}},
             "dependentSchemas": {"a": {"properties": {"b": {"minimum": 5}}}}})",
         {R"({"a":null,"b":5})", R"({"b":1})", R"({"a":null})"},
         {R"({"a":null,"b":1})"}});
  check(
      {R"({"allOf": [{"type": "object", "properties": {"a": {"type": "null"}}}], "properties": {"b": {"type": "null"}},
             "unevaluatedProperties": false})",
       {R"({"b":null,"a":null})", "{}"},
       {R"({"c":null})"}});
  check(
      {R"({"allOf": [{"properties": {"a": {"type": "null"}}, "unevaluatedProperties": false}], "properties": {"b": {"type": "null"}}})",
       {R"({"a":null})", "{}"},
       {R"({"b":null})"}});
  EXPECT_NE(errorOf(grammarOfJsonSchema(R"({"type": "object", "minProperties": 3})"))
                .find("minProperties"),
            std::string::npos);
}

TEST(JsonSchema, ContainsAndUniqueItems) {
  check(
      {R"({"type": "array", "items": {"type": "integer"}, "contains": {"minimum": 5}, "maxItems": 3})",
       {"[5]", "[7,1,2]"},
       {"[]", "[1]", "[5,1,2,3]"}});
  check(
      {R"({"type": "array", "items": {"type": "integer"}, "contains": {"minimum": 5}, "minContains": 2, "maxContains": 2})",
       {"[5,6]", "[7,8,1,2]"},
       {"[5]", "[5,6,7]"}});
  check(
      {R"({"type": "array", "items": {"enum": ["a", "b", "c"]}, "uniqueItems": true, "minItems": 1})",
       {"[\"a\"]", "[\"a\",\"c\"]", "[\"a\",\"b\",\"c\"]"},
       {"[]", "[\"a\",\"a\"]"}});
  check({R"({"type": "array", "items": {"type": "string"}, "uniqueItems": true, "maxItems": 1})",
         {"[]", "[\"x\"]"},
         {"[\"x\",\"y\"]"}});
  check({R"({"type": "array", "prefixItems": [{"type": "integer"}], "unevaluatedItems": false})",
         {"[]", "[1]"},
         {"[1,2]"}});
}

TEST(JsonSchema, ReferencesBesideOthersAndByAnchor) {
  check({R"({"type": "object", "properties": {"next": {"$ref": "#", "x-order": 1}}})",
         {"{}", R"({"next":{"next":{}}})"},
         {R"({"next":1})"}});
  check(
      {R"({"type": "object", "properties": {"v": {"type": "integer"}, "next": {"$ref": "#", "required": ["v"]}}})",
       {"{}", R"({"next":{"v":1,"next":{"v":2}}})"},
       {R"({"next":{}})", R"({"next":{"v":1,"next":{}}})"}});
  check({R"({"type": "array", "items": {"minItems": 1, "allOf": [{"$ref": "#"}]}})",
         {"[]"},
         {"[[]]", "[[[[]]]]", "[1]"}});
  check({R"({"$ref": "#leaf", "$defs": {"a": {"$anchor": "leaf", "const": 4}}})", {"4"}, {"5"}});
  check(
      {R"({"$id": "https://example.org/root", "$ref": "part#/$defs/x", "$defs": {"p": {"$id": "part", "$defs": {"x": {"const": 6}}}}})",
       {"6"},
       {"5"}});
  check(
      {R"({"$dynamicAnchor": "node", "type": "object", "properties": {"kids": {"type": "array", "items": {"$dynamicRef": "#node"}}}})",
       {"{}", R"({"kids":[{},{"kids":[]}]})"},
       {R"({"kids":[1]})"}});
  check({R"({"type": "string", "nullable": true, "maxLength": 1})", {"null", "\"a\""}, {"1"}});
  check({R"({"type": "string", "contentEncoding": "base64", "maxLength": 4})",
         {"\"\"", "\"QUI=\""},
         {"\"QUI\"", "\"QUJDQUJD\""}});
  check({R"({"type": "string", "pattern": "^\\uD83D\\uDE00$"})", {"\"😀\""}, {"\"\""}});
}

} // namespace
} // namespace weft::constrain
