#include "runtime/constrain/grammar/Regex.h"

#include "runtime/constrain/grammar/Scanner.h"

#include <optional>

namespace weft::constrain {

namespace {

const CodePoints lineEnds = {{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}};

class Parser {
public:
  Parser(Grammar &grammar, std::string_view pattern, Fit fit, const WriteSet &writeSet)
      : grammar(grammar), scanner(pattern, "regular expression"), fit(fit), writeSet(writeSet) {}

  Result<ExprId> parse() {
    auto all = choice(0);
    if (all && !scanner.atEnd())
      return scanner.error("expected the end, found " + scanner.found() + " without its \"(\"");
    return all;
  }

private:
  Result<ExprId> choice(unsigned depth) {
    if (depth > mostNesting)
      return scanner.error("groups are nested deeper than " + std::to_string(mostNesting));
    std::vector<ExprId> alternatives;
    do {
      auto alternative = sequence(depth);
      if (!alternative)
        return alternative;
      alternatives.push_back(*alternative);
    } while (scanner.take("|"));
    return grammar.choice(std::move(alternatives));
  }

  Result<ExprId> sequence(unsigned depth) {
    std::vector<ExprId> parts;
    const bool isOutside = depth == 0;
    const bool fromBegin = isOutside && scanner.take("^");
    bool toEnd = false;
    while (!scanner.atEnd() && scanner.peek() != '|' && scanner.peek() != ')') {
      if (isOutside && scanner.peek() == '$' && (scanner.peek(1) == '|' || scanner.peek(1) == 0)) {
        scanner.skip(1);
        toEnd = true;
        break;
      }
      auto part = repeated(depth);
      if (!part)
        return part;
      parts.push_back(*part);
    }
    if (isOutside && fit == Fit::Anywhere) {
      if (!fromBegin)
        parts.insert(parts.begin(), anything());
      if (!toEnd)
        parts.push_back(anything());
    }
    return grammar.sequence(std::move(parts));
  }

  ExprId anything() { return grammar.repeat(writeSet(CodePoints::all()), 0, unbounded); }

  Result<ExprId> repeated(unsigned depth) {
    auto part = atom(depth);
    if (!part)
      return part;
    auto counts = takeCounts();
    if (!counts)
      return failFrom(counts);
    if (!*counts)
      return part;
    if (scanner.take("?")) {
      // Lazy or not, the texts are the same.
    } else if (scanner.peek() == '+') {
      return scanner.error("possessive repetition is not supported");
    }
    if (const char next = scanner.peek(); next == '*' || next == '+' || next == '?' || next == '{')
      return scanner.error("expected something to repeat, found " + scanner.found() +
                           " behind a repetition");
    return grammar.repeat(*part, (*counts)->first, (*counts)->second);
  }

  using Counts = std::pair<uint32_t, uint32_t>;
  Result<std::optional<Counts>> takeCounts() {
    if (scanner.take("*"))
      return Counts{0, unbounded};
    if (scanner.take("+"))
      return Counts{1, unbounded};
    if (scanner.take("?"))
      return Counts{0, 1};
    if (!scanner.take("{"))
      return std::nullopt;
    auto counts = scanner.counts();
    if (!counts)
      return failFrom(counts);
    return *counts;
  }

  Result<ExprId> atom(unsigned depth) {
    switch (scanner.peek()) {
    case '(':
      return group(depth);
    case '.':
      scanner.skip(1);
      return writeSet(lineEnds.inverted());
    case '[': {
      scanner.skip(1);
      auto set = takeClass(scanner);
      if (!set)
        return failFrom(set);
      return writeSet(*set);
    }
    case '\\': {
      scanner.skip(1);
      auto set = takeEscape(scanner);
      if (!set)
        return failFrom(set);
      return writeSet(*set);
    }
    case '*':
    case '+':
    case '?':
    case '{':
      return scanner.error("expected something to repeat, found " + scanner.found());
    case '^':
    case '$':
      return scanner.error("\"^\" and \"$\" are supported only where the expression or one of "
                           "its outermost alternatives begins and ends");
    default: {
      auto character = scanner.character();
      if (!character)
        return failFrom(character);
      return writeSet({{*character, *character}});
    }
    }
  }

  Result<ExprId> group(unsigned depth) {
    const size_t begin = scanner.place();
    scanner.skip(1);
    if (scanner.take("?")) {
      if (scanner.peek() == '=' || scanner.peek() == '!' || scanner.startsWith("<=") ||
          scanner.startsWith("<!"))
        return scanner.errorAt(begin, "looking ahead or behind is not supported");
      if (scanner.take("<") || scanner.take("P<")) {
        while (!scanner.atEnd() && scanner.peek() != '>')
          scanner.skip(1);
        if (!scanner.take(">"))
          return scanner.errorAt(begin, "expected \">\" to end the name of the group, found the end");
      } else if (!scanner.take(":")) {
        return scanner.errorAt(begin, "this kind of group is not supported; supported are (...), "
                                      "(?:...) and (?<name>...)");
      }
    }
    auto inside = choice(depth + 1);
    if (inside && !scanner.take(")"))
      return scanner.errorAt(begin, "expected \")\" to end the group, found the end");
    return inside;
  }

  Grammar &grammar;
  Scanner scanner;
  Fit fit;
  const WriteSet &writeSet;
};

} // namespace

Result<ExprId> parseRegex(Grammar &grammar, std::string_view pattern, Fit fit,
                          const WriteSet &writeSet) {
  return Parser(grammar, pattern, fit, writeSet).parse();
}

Result<Grammar> grammarOfRegex(std::string_view pattern) {
  Grammar grammar;
  const RuleId root = grammar.rule("root");
  auto body = parseRegex(grammar, pattern, Fit::Whole,
                         [&](const CodePoints &set) { return grammar.set(set); });
  if (!body)
    return failFrom(body);
  grammar.define(root, *body);
  return grammar;
}

} // namespace weft::constrain
