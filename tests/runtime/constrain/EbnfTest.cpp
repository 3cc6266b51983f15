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

// As llama.cpp reads them: digits and hyphens may come first.
TEST(Ebnf, NamesMayBeginWithADigit) {
  const GrammarAutomaton automaton = compiled(
      parseEbnf("root ::= 2fa-kv | -x\n2fa-kv ::= \"a\" 2fa\n2fa ::= [0-9]{3}\n-x ::= \"x\""));
  EXPECT_TRUE(accepts(automaton, "a123"));
  EXPECT_TRUE(accepts(automaton, "x"));
  EXPECT_FALSE(accepts(automaton, "a12"));
  EXPECT_NE(errorOf(parseEbnf("a = b - c ; b = 'x' ; c = 'y' ;")).find("found \"-\""),
            std::string::npos);
}

TEST(Ebnf, LeftRecursionAndAmbiguityAreFine) {
  const GrammarAutomaton left =
      compiled(parseEbnf("root ::= root \"+\" root | \"a\" | \"(\" root \")\""));
  EXPECT_TRUE(accepts(left, "a+a+(a+a)+a"));
  EXPECT_FALSE(accepts(left, "a++a"));
  const GrammarAutomaton hidden =
      compiled(parseEbnf("root ::= n root \"x\" | \"y\"\nn ::= \"\" | \"z\""));
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

// <think> and <[3]> as llama.cpp has them: tokens, special ones too, and any other with !.
TEST(Ebnf, TokensByNameAndById) {
  auto tokens = bytesAnd({"", "ab", "\xFF", ""});
  const int32_t ends[] = {endId};
  auto grammar = parseEbnf("root ::= <think> !</think>* </think> word <[258]>\nword ::= [a-z]+");
  ASSERT_TRUE(grammar.has_value());
  const TokenByText idOf = [](std::string_view name) -> std::optional<int32_t> {
    return name == "<think>"    ? std::optional(257)
           : name == "</think>" ? std::optional(260)
                                : std::nullopt;
  };
  auto made = CompiledGrammar::make(*grammar, tokens, ends, idOf);
  ASSERT_TRUE(made.has_value()) << made.error().message;
  GrammarConstraint constraint(*made);
  std::vector<uint64_t> bits((tokens.size() + 63) / 64);
  auto allowed = [&] {
    EXPECT_TRUE(constraint.mask(bits).has_value());
    size_t count = 0;
    for (size_t id = 0; id < bits.size() * 64; ++id)
      count += isSet(bits, id);
    return count;
  };
  EXPECT_EQ(allowed(), 1u);
  EXPECT_TRUE(isSet(bits, 257));
  ASSERT_TRUE(constraint.accept(257).has_value());
  EXPECT_EQ(allowed(), tokens.size() - 1); // all but the end
  ASSERT_TRUE(constraint.accept(255).has_value());
  ASSERT_TRUE(constraint.accept(260).has_value());
  EXPECT_EQ(allowed(), 27u); // letters and "ab", as a text
  ASSERT_TRUE(constraint.accept('x').has_value());
  ASSERT_TRUE(constraint.accept(258).has_value());
  EXPECT_EQ(allowed(), 1u);
  EXPECT_TRUE(isSet(bits, endId));
  auto unknown = parseEbnf("root ::= <nothing>");
  ASSERT_TRUE(unknown.has_value());
  EXPECT_NE(errorOf(CompiledGrammar::make(*unknown, tokens, ends, idOf)).find("\"<nothing>\""),
            std::string::npos);
}

// At the beginning of a text of SentencePiece the first token's space is not printed.
TEST(Ebnf, AFirstSpaceThatIsNotPrinted) {
  auto tokens = bytesAnd({" ab", "ab", "  ab"});
  const int32_t ends[] = {endId};
  auto grammar = parseEbnf("root ::= \" ab\" | \"x\"");
  ASSERT_TRUE(grammar.has_value());
  auto made = CompiledGrammar::make(*grammar, tokens, ends);
  ASSERT_TRUE(made.has_value());
  GrammarConstraint constraint(*made, true);
  std::vector<uint64_t> bits((tokens.size() + 63) / 64);
  ASSERT_TRUE(constraint.mask(bits).has_value());
  EXPECT_FALSE(isSet(bits, 257)); // would be printed as "ab"
  EXPECT_TRUE(isSet(bits, 259));
  EXPECT_TRUE(isSet(bits, ' '));
  EXPECT_TRUE(isSet(bits, 'x'));
  ASSERT_TRUE(constraint.accept(' ').has_value());
  ASSERT_TRUE(constraint.accept(257).has_value());
  EXPECT_TRUE(constraint.canEnd());
  constraint.rollback(2);
  ASSERT_TRUE(constraint.accept(259).has_value());
  EXPECT_TRUE(constraint.canEnd());
  constraint.rollback(1);
  EXPECT_FALSE(constraint.accept(257).has_value());
}

} // namespace
} // namespace weft::constrain
