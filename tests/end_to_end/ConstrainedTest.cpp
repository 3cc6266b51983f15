// Whatever a model would rather say, what it writes satisfies the constraint that was asked for.

#include "tests/end_to_end/Command.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <regex>

namespace weft::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr const char *person = R"({
  "type": "object",
  "properties": {
    "name": {"type": "string", "minLength": 2, "maxLength": 20},
    "age": {"type": "integer", "minimum": 0, "maximum": 130},
    "born": {"type": "string", "format": "date"},
    "moods": {"type": "array", "items": {"enum": ["glad", "sad", "grave"]}, "minItems": 1, "maxItems": 4},
    "home": {"type": "object", "properties": {"street": {"type": "string", "maxLength": 12}, "rented": {"type": "boolean"}},
             "required": ["rented"]}
  },
  "required": ["name", "age", "moods", "home"]
})";

void expectPerson(const std::string &text) {
  const json document = json::parse(text, nullptr, false);
  ASSERT_TRUE(document.is_object()) << text;
  for (const char *key : {"name", "age", "moods", "home"})
    ASSERT_TRUE(document.contains(key)) << text;
  ASSERT_TRUE(document["name"].is_string()) << text;
  EXPECT_GE(document["name"].get<std::string>().size(), 2u) << text;
  ASSERT_TRUE(document["age"].is_number_integer()) << text;
  EXPECT_GE(document["age"], 0) << text;
  EXPECT_LE(document["age"], 130) << text;
  if (document.contains("born"))
    EXPECT_TRUE(std::regex_match(document["born"].get<std::string>(),
                                 std::regex("[0-9]{4}-[0-9]{2}-[0-9]{2}")))
        << text;
  ASSERT_TRUE(document["moods"].is_array()) << text;
  EXPECT_TRUE(document["moods"].size() >= 1 && document["moods"].size() <= 4) << text;
  for (const json &mood : document["moods"])
    EXPECT_TRUE(mood == "glad" || mood == "sad" || mood == "grave") << text;
  EXPECT_TRUE(document["home"]["rented"].is_boolean()) << text;
  for (const auto &[key, value] : document.items())
    EXPECT_TRUE(json::parse(person)["properties"].contains(key)) << text;
}

class Constrained : public CommandTest {
protected:
  void SetUp() override { takeModel(demo); }

  /// What follows the prompt, to its end.
  std::string write(const std::string &options) {
    const json answer =
        json::parse(runWell(weft + " run " + artifact + " -p 'She was' -n 400 --json " + options),
                    nullptr, false);
    EXPECT_EQ(answer.value("stop", ""), "end") << options << answer.dump();
    return answer.value("text", "");
  }

  /// Greedy, at several seeds, and very hot.
  const std::vector<std::string> ways = {"--temperature 0", "--seed 1", "--seed 2",
                                         "--seed 3 --top-k 5",
                                         "--seed 4 --temperature 3 --top-p 1"};
};

TEST_F(Constrained, TextIsADocumentOfTheSchema) {
  writeFile(folder.file("person.json"), person);
  for (const std::string &way : ways)
    expectPerson(write("--json-schema person.json " + way));
  const std::string text = write(R"(--seed 1 --json-schema '{"enum": ["yes", "no", 5]}')");
  EXPECT_TRUE(text == "\"yes\"" || text == "\"no\"" || text == "5") << text;
}

TEST_F(Constrained, TextFitsTheExpression) {
  const std::string expression = "[A-Z][a-z]{2,9}( [a-z]{1,8}){2,5}[.!?]";
  for (const std::string &way : ways) {
    const std::string text = write("--regex '" + expression + "' " + way);
    EXPECT_TRUE(std::regex_match(text, std::regex(expression))) << text;
  }
}

TEST_F(Constrained, TextIsOfTheGrammar) {
  // Sums in balanced parentheses, with a letter for each depth.
  writeFile(folder.file("sum.ebnf"),
            "sum = term, \"+\", term ; term = \"x\" | \"(\", sum, \")\" ;");
  for (const std::string &way : ways) {
    const std::string text = write("--grammar sum.ebnf --logit-bias '\"(\"=-2' " + way);
    int depth = 0, terms = 0;
    for (char c : text) {
      depth += (c == '(') - (c == ')');
      terms += c == 'x';
      EXPECT_GE(depth, 0) << text;
      EXPECT_THAT(std::string("x+()"), HasSubstr(std::string(1, c))) << text;
    }
    EXPECT_EQ(depth, 0) << text;
    EXPECT_EQ(std::ranges::count(text, '+') + 1, terms) << text;
  }
}

TEST_F(Constrained, EverySampleAndEveryBeamSatisfiesTheConstraint) {
  const std::string expression = "(one|two|three)( and (four|five))*\\.";
  for (const char *several : {"--samples 3 --seed 5", "--beams 4 --samples 3"}) {
    const json answers =
        json::parse(runWell(weft + " run " + artifact + " -p 'She was' -n 100 --json --regex '" +
                            expression + "' " + several),
                    nullptr, false);
    ASSERT_EQ(answers["answers"].size(), 3u) << answers.dump();
    for (const json &answer : answers["answers"])
      if (answer["stop"] == "end")
        EXPECT_TRUE(std::regex_match(answer["text"].get<std::string>(), std::regex(expression)))
            << answer.dump();
  }
}

TEST_F(Constrained, SpeculativeDecodingIsConstrainedToo) {
  for (const std::string way : {"--temperature 0", "--seed 2"}) {
    const std::string constraint = "--regex '(la )+end' --logit-bias '\"end\"=1' " + way;
    EXPECT_EQ(write(constraint + " --lookup"), write(constraint));
    EXPECT_EQ(write(constraint + " --draft " + artifact), write(constraint));
  }
}

TEST_F(Constrained, AWrongConstraintIsOneLine) {
  auto refusal = [&](const std::string &options) {
    const CommandResult result = run(weft + " run " + artifact + " -p a " + options);
    EXPECT_NE(result.code, 0) << options;
    EXPECT_EQ(result.out, "") << options;
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
    return result.err;
  };
  EXPECT_THAT(refusal("--regex 'a(b'"), HasSubstr("--regex: "));
  EXPECT_THAT(refusal("--regex a --json-schema '{}'"), HasSubstr("excludes"));
  EXPECT_THAT(refusal("--json-schema none.json"), HasSubstr("cannot read none.json"));
  EXPECT_THAT(refusal(R"(--json-schema '{"not": {"format": "date"}}')"), HasSubstr("format"));
  EXPECT_THAT(refusal("--json-schema '{'"), HasSubstr("--json-schema: "));
  writeFile(folder.file("g.ebnf"), "root ::= missing");
  EXPECT_THAT(refusal("--grammar g.ebnf"), HasSubstr("g.ebnf: "));
  EXPECT_THAT(refusal("--regex ''"), HasSubstr("found nothing"));
}

} // namespace
} // namespace weft::test
