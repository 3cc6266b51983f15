#include "runtime/constrain/grammar/Ebnf.h"

#include "runtime/base/Utf8.h"
#include "runtime/constrain/grammar/Scanner.h"

#include <algorithm>
#include <string>

namespace weft::constrain {

namespace {

/// As llama.cpp has them, which asks nothing more of the first one; and underscores.
bool isNamePart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}
bool isHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

enum class Notation { Gbnf, Iso };

class Parser {
public:
  explicit Parser(std::string_view text) : scanner(text, "grammar") {}

  Result<Grammar> parse() {
    if (auto skipped = skipSpace(); !skipped)
      return failFrom(skipped);
    if (scanner.atEnd())
      return scanner.error("expected a rule (name ::= ...), found the end");
    while (!scanner.atEnd())
      if (auto done = rule(); !done)
        return failFrom(done);
    // What stands in <> is a rule where there is one of that name, and a token otherwise.
    for (const auto &[name, rule] : bracketed)
      if (!grammar.isDefined(rule) && !firstUses.contains(name))
        grammar.define(rule, grammar.tokens({"<" + name + ">"}, false));
    for (const auto &[name, place] : firstUses)
      if (!grammar.isDefined(grammar.rule(name)))
        return scanner.errorAt(place, "the rule \"" + name + "\" is used but not defined");
    grammar.setRoot(grammar.rule(hasRoot ? "root" : firstName));
    return std::move(grammar);
  }

private:
  Result<void> skipSpace() {
    for (;;) {
      const size_t begin = scanner.place();
      const char c = scanner.peek();
      if (!scanner.atEnd() && (c == ' ' || c == '\t' || c == '\r' || c == '\n')) {
        scanner.skip(1);
      } else if (c == '#' && !isCharacterByNumber()) {
        while (!scanner.atEnd() && scanner.peek() != '\n')
          scanner.skip(1);
      } else if (scanner.take("(*") || scanner.take("/*")) {
        const std::string_view close = c == '(' ? "*)" : "*/";
        while (!scanner.atEnd() && !scanner.startsWith(close))
          scanner.skip(1);
        if (!scanner.take(close))
          return scanner.errorAt(begin, "expected \"" + std::string(close) +
                                            "\" to end the comment, found the end");
      } else {
        return {};
      }
    }
  }

  /// #x41, as in the grammars of the W3C.
  bool isCharacterByNumber() const { return scanner.startsWith("#x") && isHex(scanner.peek(2)); }

  Result<std::string> name() {
    const bool inBrackets = scanner.take("<");
    std::string name;
    for (; isNamePart(scanner.peek()); scanner.skip(1))
      name += scanner.peek();
    if (name.empty())
      return scanner.error("expected the name of a rule, found " + scanner.found());
    if (inBrackets && !scanner.take(">"))
      return scanner.error("expected \">\" behind the name, found " + scanner.found());
    if (auto skipped = skipSpace(); !skipped)
      return failFrom(skipped);
    return name;
  }

  /// Whether a rule begins here, which ends the one before.
  bool atRule() {
    const size_t begin = scanner.place();
    const bool isRule = name() && (scanner.startsWith("::=") || scanner.peek() == '=');
    scanner.goTo(begin);
    return isRule;
  }

  Result<void> rule() {
    const size_t begin = scanner.place();
    auto name = this->name();
    if (!name)
      return failFrom(name);
    if (scanner.take("::="))
      notation = Notation::Gbnf;
    else if (scanner.take("="))
      notation = Notation::Iso;
    else
      return scanner.error("expected \"::=\" or \"=\" behind the name \"" + *name + "\", found " +
                           scanner.found());
    const RuleId id = grammar.rule(*name);
    if (grammar.isDefined(id))
      return scanner.errorAt(begin, "the rule \"" + *name + "\" is defined twice");
    if (grammar.ruleCount() > mostRules)
      return scanner.errorAt(begin, "more than " + std::to_string(mostRules) + " rules");
    if (firstName.empty())
      firstName = *name;
    hasRoot |= *name == "root";
    if (auto skipped = skipSpace(); !skipped)
      return skipped;
    auto body = choice(0);
    if (!body)
      return failFrom(body);
    grammar.define(id, *body);
    if (scanner.take(";"))
      return skipSpace();
    if (!scanner.atEnd() && !atRule())
      return scanner.error("expected the next rule or the end, found " + scanner.found());
    return {};
  }

  Result<ExprId> choice(unsigned depth) {
    if (depth > mostNesting)
      return scanner.error("groups are nested deeper than " + std::to_string(mostNesting));
    std::vector<ExprId> alternatives;
    for (;;) {
      auto alternative = sequence(depth);
      if (!alternative)
        return alternative;
      alternatives.push_back(*alternative);
      if (!scanner.take("|"))
        return grammar.choice(std::move(alternatives));
      if (auto skipped = skipSpace(); !skipped)
        return failFrom(skipped);
    }
  }

  bool atSequenceEnd() {
    constexpr std::string_view ends = "|);";
    if (scanner.atEnd() || ends.find(scanner.peek()) != std::string_view::npos)
      return true;
    if (notation == Notation::Iso && (scanner.peek() == ']' || scanner.peek() == '}'))
      return true;
    return (isNamePart(scanner.peek()) || scanner.peek() == '<') && atRule();
  }

  Result<ExprId> sequence(unsigned depth) {
    std::vector<ExprId> parts;
    while (!atSequenceEnd()) {
      auto part = repeated(depth);
      if (!part)
        return part;
      parts.push_back(*part);
      if (notation == Notation::Iso && scanner.take(","))
        if (auto skipped = skipSpace(); !skipped)
          return failFrom(skipped);
    }
    return grammar.sequence(std::move(parts));
  }

  Result<ExprId> repeated(unsigned depth) {
    auto part = atom(depth);
    if (!part)
      return part;
    if (auto skipped = skipSpace(); !skipped)
      return failFrom(skipped);
    uint32_t least = 0, most = unbounded;
    if (scanner.take("+")) {
      least = 1;
    } else if (scanner.take("?")) {
      most = 1;
    } else if (notation == Notation::Gbnf && scanner.take("{")) {
      auto counts = scanner.counts();
      if (!counts)
        return failFrom(counts);
      least = counts->first;
      most = counts->second;
    } else if (!scanner.take("*")) {
      return part;
    }
    if (auto skipped = skipSpace(); !skipped)
      return failFrom(skipped);
    if (const char next = scanner.peek(); next == '*' || next == '+' || next == '?')
      return scanner.error("expected something to repeat, found " + scanner.found() +
                           " behind a repetition");
    return grammar.repeat(*part, least, most);
  }

  Result<ExprId> atom(unsigned depth) {
    const size_t begin = scanner.place();
    const char c = scanner.peek();
    if (c == '"' || c == '\'')
      return quoted();
    if (c == '(') {
      scanner.skip(1);
      return group(depth, ")", 1, 1);
    }
    if (c == '#' && isCharacterByNumber()) {
      scanner.skip(2);
      char32_t value = 0;
      for (; isHex(scanner.peek()) && value <= CodePoints::last; scanner.skip(1))
        value = value << 4 | char32_t((scanner.peek() & 15) + (scanner.peek() > '9' ? 9 : 0));
      const CodePoints set = {{value, value}};
      if (value > CodePoints::last || set.empty())
        return scanner.errorAt(begin, "expected the number of a Unicode character");
      return grammar.set(set);
    }
    if (notation == Notation::Iso && (c == '[' || c == '{')) {
      scanner.skip(1);
      return c == '[' ? group(depth, "]", 0, 1) : group(depth, "}", 0, unbounded);
    }
    if (notation == Notation::Gbnf && c == '[') {
      scanner.skip(1);
      auto set = takeClass(scanner);
      if (!set)
        return failFrom(set);
      return grammar.set(*set);
    }
    if (notation == Notation::Gbnf && c == '.') {
      scanner.skip(1);
      return grammar.set(CodePoints::all());
    }
    if (c == '<' || (c == '!' && notation == Notation::Gbnf))
      return token();
    // An exception of ISO 14977, which is not supported, is no name.
    if (isNamePart(c) && !(notation == Notation::Iso && c == '-')) {
      auto called = name();
      if (!called)
        return failFrom(called);
      firstUses.try_emplace(*called, begin);
      return grammar.call(grammar.rule(*called));
    }
    return scanner.error("expected a text in quotes, a character class, a group or the name of a "
                         "rule, found " +
                         scanner.found());
  }

  /// <think>, by name, or <[12]>, by id; !<think>: any other token.
  Result<ExprId> token() {
    const size_t begin = scanner.place();
    const bool isNegated = scanner.take("!");
    std::string name;
    if (scanner.take("<"))
      for (; !scanner.atEnd() && scanner.peek() != '>' && scanner.peek() != '\n'; scanner.skip(1))
        name += scanner.peek();
    if (name.empty() || !scanner.take(">"))
      return scanner.errorAt(begin, "expected a token (<text> or <[number]>)");
    if (auto skipped = skipSpace(); !skipped)
      return failFrom(skipped);
    if (isNegated || !std::ranges::all_of(name, isNamePart))
      return grammar.tokens({"<" + name + ">"}, isNegated);
    const RuleId rule = grammar.rule(name);
    bracketed.try_emplace(name, rule);
    return grammar.call(rule);
  }

  Result<ExprId> group(unsigned depth, std::string_view close, uint32_t least, uint32_t most) {
    const size_t begin = scanner.place() - 1;
    if (auto skipped = skipSpace(); !skipped)
      return failFrom(skipped);
    auto inside = choice(depth + 1);
    if (!inside)
      return inside;
    if (!scanner.take(close))
      return scanner.errorAt(begin, "expected \"" + std::string(close) +
                                        "\" to end the group, found " + scanner.found());
    return least == 1 && most == 1 ? *inside : grammar.repeat(*inside, least, most);
  }

  Result<ExprId> quoted() {
    const size_t begin = scanner.place();
    const std::string_view quote = scanner.peek() == '"' ? "\"" : "'";
    scanner.skip(1);
    std::vector<ExprId> parts;
    std::string bytes;
    while (!scanner.take(quote)) {
      if (scanner.atEnd() || scanner.peek() == '\n')
        return scanner.errorAt(begin,
                               "expected the text to end in its quote, found " + scanner.found());
      if (notation == Notation::Gbnf && scanner.take("\\")) {
        auto set = takeEscape(scanner);
        if (!set)
          return failFrom(set);
        parts.push_back(grammar.literal(std::exchange(bytes, {})));
        parts.push_back(grammar.set(*set));
        continue;
      }
      auto character = scanner.character();
      if (!character)
        return failFrom(character);
      appendUtf8(bytes, *character);
    }
    parts.push_back(grammar.literal(std::move(bytes)));
    return grammar.sequence(std::move(parts));
  }

  Scanner scanner;
  Grammar grammar;
  Notation notation = Notation::Gbnf;
  std::string firstName;
  bool hasRoot = false;
  std::unordered_map<std::string, size_t> firstUses;
  std::unordered_map<std::string, RuleId> bracketed;
};

} // namespace

Result<Grammar> parseEbnf(std::string_view text) { return Parser(text).parse(); }

} // namespace weft::constrain
