// Masks against trying every token by itself, on ways that the masks themselves allow.
#include "runtime/constrain/grammar/Ebnf.h"
#include "runtime/constrain/grammar/Regex.h"
#include "runtime/constrain/schema/JsonSchema.h"
#include "tests/runtime/constrain/Texts.h"

namespace weft::constrain {
namespace {

/// Tokens that cut across everything: pieces of `alphabet` of up to `longest` bytes.
std::vector<std::string> pieces(std::string_view alphabet, size_t count, size_t longest,
                                std::mt19937 &random) {
  std::vector<std::string> tokens;
  for (size_t i = 0; i < count; ++i) {
    std::string token;
    for (size_t n = 1 + random() % longest; n > 0; --n)
      token += alphabet[random() % alphabet.size()];
    tokens.push_back(token);
  }
  return tokens;
}

void checkWalks(const Result<Grammar> &grammar, std::string_view alphabet, int walks, size_t length,
                size_t longest = 5) {
  std::mt19937 random(3);
  const std::vector<std::string> tokens = bytesAnd(pieces(alphabet, 400, longest, random));
  auto made = forTokens(grammar, tokens);
  ASSERT_TRUE(made);
  for (int i = 0; i < walks && !testing::Test::HasFailure(); ++i) {
    bool ended = false;
    const std::string text = walk(*made, tokens, random, length, ended);
    if (ended) {
      EXPECT_TRUE(accepts(made->automaton(), text)) << text;
    }
  }
}

TEST(TokenMasks, AreExactForRegularExpressions) {
  for (const char *pattern : {"(ab|a)*c{0,5}", "(a|b)*abb", "[^b]*b[ac]?", "(abc|abd|b){3,40}"})
    checkWalks(grammarOfRegex(pattern), "abcd", 20, 30);
}

TEST(TokenMasks, AreExactForRecursiveGrammars) {
  for (const char *text :
       {"root ::= root \"+\" root | \"a\" | \"(\" root \")\"",
        "root ::= n root \"x\" | \"y\"\nn ::= \"\" | \"z\"",
        "root ::= \"a\" root \"x\" | \"a\" root \"y\" | \"a\"",
        "root ::= \"[\" (item (\",\" item)*)? \"]\"\nitem ::= root | word\nword ::= [a-z]+",
        "root ::= a b c root | \"+\"\na ::= \"a\"*\nb ::= \"(\" root \")\" | \"\"\nc ::= \",\"?"})
    checkWalks(parseEbnf(text), "a+()xyz[],", 20, 30);
}

TEST(TokenMasks, AreExactForJson) {
  for (WhiteSpace space : {WhiteSpace::Compact, WhiteSpace::Flexible}) {
    checkWalks(grammarOfJsonSchema("true", space), "{}[]\",: tru1e.-\\n", 12, 40);
    checkWalks(grammarOfJsonSchema(R"({"type": "object", "properties": {"a": {"type": "string",
      "maxLength": 9}, "b": {"type": "array", "items": {"$ref": "#"}}, "ab": {"type": "integer",
      "minimum": -5, "maximum": 120}}, "additionalProperties": {"type": "null"}})",
                                   space),
               "{}[]\",:abnul 1", 12, 40);
  }
}

// States that are alike for some bytes and then are not, which masks are made from.
TEST(TokenMasks, AreExactWhereCountsRunOut) {
  for (size_t longest : {3, 9, 40})
    for (const char *text :
         {"root ::= [ab]{0,60}", "root ::= [ab]{20,35} \"]\"?", "root ::= ([ab]{2,30} [,])+",
          "root ::= \"[\" (item (\",\" item)*)? \"]\"\nitem ::= root | [ab]{1,50}",
          "root ::= \"[\" [ab]{3,45} (root | \"b\"{1,20}) [ab]{0,9} \"]\" | \"a\"",
          "root ::= \"[\" [ab]{25} (root | \",\") [ab]{9} \"]\"",
          "root ::= word{1,3}\nword ::= [ab]{1,20} \"[\" word? \"]\" [ab]{0,20}"})
      checkWalks(parseEbnf(text), "aaaabbb[],", 12, 12, longest);
}

TEST(TokenMasks, LongCountsShareMasks) {
  const auto tokens = bytesAnd({"aaaa", "aa", "aa\""});
  auto made = forTokens(parseEbnf("root ::= (\"a\" | \"ab\" | \"b\"){0,60} \"c\""), tokens);
  ASSERT_TRUE(made);
  EXPECT_GT(made->automaton().states(), 750u);
  EXPECT_LT(made->masks().report().distinctMasks, 60u);
}

// Long repetitions are loops with counters, and masks are exact at every count.
TEST(TokenMasks, AreExactWhereCountersRunOut) {
  for (size_t longest : {3, 9})
    for (const char *text : {"root ::= [ab]{0,2600}", "root ::= [ab]{2600} \"]\"?",
                             "root ::= [ab]{2590,2610} [ab,]{3}",
                             "root ::= \"[\" item{0,2700} \"]\"\nitem ::= \"a\" | \"[\" item \"]\"",
                             "root ::= x{2500,}\nx ::= \"ab\" | \",\""}) {
      std::mt19937 random(4);
      auto tokens = pieces("aaaabbb[],", 60, longest, random);
      tokens.insert(tokens.end(), {"[", "]", ","});
      std::mt19937 draw(5);
      auto all = bytesAnd(tokens);
      auto made = forTokens(parseEbnf(text), all);
      ASSERT_TRUE(made);
      EXPECT_FALSE(made->automaton().counts.empty()) << text;
      EXPECT_LT(made->automaton().states(), 400u) << text;
      // Up to just before the counts end, without looking; then every mask is held to trying.
      GrammarConstraint constraint(made);
      Recognizer plain = Recognizer::ofText(made->automaton());
      const std::string unit = text[9] == 'x' ? "ab" : "a";
      std::string before = text[10] == '[' && text[9] == '"' ? "[" : "";
      while (before.size() < (unit.size() == 2 ? 4980u : 2575u))
        before += unit;
      for (char c : before) {
        ASSERT_TRUE(constraint.accept(c).has_value());
        ASSERT_TRUE(plain.push(uint8_t(c)));
      }
      for (int i = 0; i < 10 && !testing::Test::HasFailure(); ++i) {
        bool ended = false;
        const std::string behind = walkFrom(constraint, plain, all, draw, 60, ended);
        if (ended) {
          EXPECT_TRUE(accepts(made->automaton(), before + behind)) << text << behind.size();
        }
      }
    }
}

TEST(TokenMasks, CountsAreExact) {
  const GrammarAutomaton two = compiled(grammarOfRegex("[ab]{2500,2600}|c{3000}d{0,2600}"));
  EXPECT_FALSE(two.counts.empty());
  for (size_t length : {2499, 2500, 2599, 2600, 2601})
    EXPECT_EQ(accepts(two, std::string(length, 'a')), length >= 2500 && length <= 2600) << length;
  EXPECT_FALSE(accepts(two, std::string(2999, 'c')));
  EXPECT_TRUE(accepts(two, std::string(3000, 'c') + std::string(2600, 'd')));
  EXPECT_FALSE(accepts(two, std::string(3000, 'c') + std::string(2601, 'd')));
  EXPECT_FALSE(accepts(two, std::string(3001, 'c')));
  // Where one byte may end a repetition or not, copies tell what a counter does not.
  const GrammarAutomaton unclear = compiled(grammarOfRegex("(a|ab|b){0,200}"));
  EXPECT_TRUE(unclear.counts.empty());
  EXPECT_TRUE(accepts(unclear, std::string(200, 'b')));
  EXPECT_FALSE(accepts(unclear, std::string(201, 'b')));
}

TEST(GrammarConstraint, GoesBackAndForks) {
  const auto tokens = bytesAnd({"ab", "abb"});
  auto made = forTokens(grammarOfRegex("(a|b)*abb"), tokens);
  ASSERT_TRUE(made);
  GrammarConstraint constraint(made);
  std::vector<uint64_t> bits(5), again(5);
  ASSERT_TRUE(constraint.mask(bits).has_value());
  EXPECT_FALSE(isSet(bits, endId));
  ASSERT_TRUE(constraint.accept(258).has_value());
  ASSERT_TRUE(constraint.mask(again).has_value());
  EXPECT_TRUE(isSet(again, endId));
  auto fork = constraint.fork();
  ASSERT_TRUE(constraint.accept('a').has_value());
  EXPECT_FALSE(constraint.canEnd());
  EXPECT_NE(errorOf(constraint.accept('x')).find("does not allow token 120"), std::string::npos);
  EXPECT_FALSE(constraint.accept(-1).has_value());
  EXPECT_FALSE(constraint.accept(endId).has_value());
  constraint.rollback(2);
  ASSERT_TRUE(constraint.mask(again).has_value());
  EXPECT_EQ(bits, again);
  ASSERT_TRUE(fork->mask(again).has_value());
  EXPECT_TRUE(isSet(again, endId));
}

TEST(GrammarConstraint, SaysWhereNoTokenGoesOn) {
  std::vector<std::string> tokens(300);
  tokens[1] = "a";
  auto made = forTokens(grammarOfRegex("ab"), tokens);
  ASSERT_TRUE(made);
  GrammarConstraint constraint(made);
  std::vector<uint64_t> bits(5);
  ASSERT_TRUE(constraint.mask(bits).has_value());
  EXPECT_EQ(bits[0], 2u);
  ASSERT_TRUE(constraint.accept(1).has_value());
  EXPECT_NE(errorOf(constraint.mask(bits)).find("after 1 bytes"), std::string::npos);
}

} // namespace
} // namespace weft::constrain
