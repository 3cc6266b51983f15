#include "runtime/constrain/grammar/Ebnf.h"
#include "tests/runtime/constrain/Texts.h"

namespace weft::constrain {
namespace {

constexpr const char *arithmetic = R"gbnf(
# llama.cpp's notation
root  ::= (expr "=" ws term "\n")+
expr  ::= term ([-+*/] term)*
term  ::= ident | num | "(" ws expr ")" ws
ident ::= [a-z] [a-z0-9_]* ws
num   ::= [0-9]{1,3} ws
ws    ::= [ \t]*
)gbnf";

TEST(Ebnf, ReadsGbnf) {
  const GrammarAutomaton automaton = compiled(parseEbnf(arithmetic));
  EXPECT_TRUE(accepts(automaton, "a+(b*12)= 7\n"));
  EXPECT_TRUE(accepts(automaton, "((1))=1\nx=y\n"));
  EXPECT_FALSE(accepts(automaton, "a+(b*12= 7\n"));
  EXPECT_FALSE(accepts(automaton, "1234=1\n"));
}

TEST(Ebnf, ReadsIso) {
  const GrammarAutomaton automaton = compiled(parseEbnf(R"(
    (* of ISO 14977 *)
    list = "[", [ item, { ",", item } ], "]" ;
    item = digit, { digit } | list ;
    digit = '0' | '1' ;)"));
  EXPECT_TRUE(accepts(automaton, "[]"));
  EXPECT_TRUE(accepts(automaton, "[01,[1,[]],0]"));
  EXPECT_FALSE(accepts(automaton, "[01,]"));
  EXPECT_FALSE(accepts(automaton, "[[]"));
}

TEST(Ebnf, NumberedCharactersNamesInBracketsAndComments) {
  const GrammarAutomaton automaton =
      compiled(parseEbnf("<a> ::= #x41 <b-1>? /* one */ (* two *)\n<b-1> ::= 'x' # three\n"));
  EXPECT_TRUE(accepts(automaton, "A"));
  EXPECT_TRUE(accepts(automaton, "Ax"));
  EXPECT_FALSE(accepts(automaton, "x"));
}

TEST(Ebnf, LeftRecursionAndAmbiguityAreFine) {
  const GrammarAutomaton left = compiled(parseEbnf("root ::= root \"+\" root | \"a\" | \"(\" root \")\""));
  EXPECT_TRUE(accepts(left, "a+a+(a+a)+a"));
  EXPECT_FALSE(accepts(left, "a++a"));
  const GrammarAutomaton hidden = compiled(parseEbnf("root ::= n root \"x\" | \"y\"\nn ::= \"\" | \"z\""));
  EXPECT_TRUE(accepts(hidden, "yxx"));
  EXPECT_TRUE(accepts(hidden, "zzyxx"));
  EXPECT_FALSE(accepts(hidden, "zzyx"));
  const GrammarAutomaton empty = compiled(parseEbnf("root ::= root root | \"a\" | \"\""));
  EXPECT_TRUE(accepts(empty, ""));
  EXPECT_TRUE(accepts(empty, std::string(300, 'a')));
  EXPECT_FALSE(accepts(empty, "ab"));
  // As many readings as there are texts of x and y: one graph of stacks holds them.
  const GrammarAutomaton many =
      compiled(parseEbnf("root ::= \"a\" root \"x\" | \"a\" root \"y\" | \"a\""));
  EXPECT_TRUE(accepts(many, std::string(41, 'a') + std::string(20, 'x') + std::string(20, 'y')));
}

TEST(Ebnf, LongTextsKeepSmallStacks) {
  const GrammarAutomaton automaton = compiled(parseEbnf("root ::= \"a\" root | \"b\""));
  Recognizer recognizer = Recognizer::ofText(automaton);
  for (int i = 0; i < 100000; ++i)
    ASSERT_TRUE(recognizer.push('a'));
  EXPECT_LE(recognizer.readings().size(), 3u);
  EXPECT_TRUE(recognizer.push('b'));
  EXPECT_TRUE(recognizer.canEnd());
}

TEST(Ebnf, ErrorsHaveLineAndColumn) {
  auto error = [](const char *text) { return errorOf(parseEbnf(text)); };
  EXPECT_EQ(error("root ::= \"a\"\n  | b"),
            "grammar, line 2, column 5: the rule \"b\" is used but not defined");
  EXPECT_NE(error("").find("expected a rule"), std::string::npos);
  EXPECT_NE(error("root ::= \"a\n").find("line 1, column 10"), std::string::npos);
  EXPECT_NE(error("root ::= (\"a\"").find("column 10: expected \")\""), std::string::npos);
  EXPECT_NE(error("root := \"a\"").find("expected \"::=\""), std::string::npos);
  EXPECT_NE(error("a ::= \"x\"\na ::= \"y\"").find("line 2, column 1"), std::string::npos);
  EXPECT_NE(error("a ::= \"x\" )").find("line 1, column 11"), std::string::npos);
  EXPECT_NE(error("a ::= \"x\"**").find("column 11"), std::string::npos);
  EXPECT_NE(error("a ::= (* never").find("comment"), std::string::npos);
  EXPECT_NE(error("a ::= %").find("found \"%\""), std::string::npos);
  EXPECT_NE(error(("a ::= " + std::string(5000, '(')).c_str()).find("nested deeper"),
            std::string::npos);
}

TEST(Ebnf, RulesWithoutATextAreRefused) {
  auto grammar = parseEbnf("root ::= \"a\" b\nb ::= \"(\" b \")\"");
  ASSERT_TRUE(grammar.has_value());
  EXPECT_NE(errorOf(compile(*grammar)).find("\"root\" has no text that ends"), std::string::npos);
}

} // namespace
} // namespace weft::constrain
