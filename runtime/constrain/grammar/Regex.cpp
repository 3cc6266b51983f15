#include "runtime/constrain/grammar/Regex.h"

#include "runtime/constrain/automaton/TextSet.h"
#include "runtime/constrain/grammar/Scanner.h"

#include <optional>

namespace weft::constrain {

namespace {

const CodePoints lineEnds = {{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}};

class Parser {
public:
  /// `isPlain`: sets are written as they stand.
  Parser(Grammar &grammar, std::string_view pattern, Fit fit, const WriteSet &writeSet,
         bool isPlain)
      : grammar(grammar), scanner(pattern, "regular expression"), fit(fit), writeSet(writeSet),
        isPlain(isPlain) {}

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
    const bool isOutside = depth == 0;
    const bool fromBegin = isOutside && scanner.take("^");
    auto rest = this->rest(depth);
    if (!rest || fromBegin || !isOutside || fit == Fit::Whole)
      return rest;
    return grammar.sequence({anything(), *rest});
  }

  /// From here to where the alternative ends.
  Result<ExprId> rest(unsigned depth) {
    std::vector<ExprId> parts;
    const bool isOutside = depth == 0;
    bool toEnd = false;
    while (!scanner.atEnd() && scanner.peek() != '|' && scanner.peek() != ')') {
      if (isOutside && scanner.peek() == '$' && (scanner.peek(1) == '|' || scanner.peek(1) == 0)) {
        scanner.skip(1);
        toEnd = true;
        break;
      }
      if (isOutside && isPlain && (scanner.startsWith("(?=") || scanner.startsWith("(?!"))) {
        auto ahead = lookAhead();
        if (!ahead)
          return ahead;
        parts.push_back(*ahead);
        return grammar.sequence(std::move(parts));
      }
      auto part = repeated(depth);
      if (!part)
        return part;
      parts.push_back(*part);
    }
    if (isOutside && fit == Fit::Anywhere && !toEnd)
      parts.push_back(anything());
    return grammar.sequence(std::move(parts));
  }

  /// What follows (?=...) or (?!...), as far as it looks so.
  Result<ExprId> lookAhead() {
    const size_t begin = scanner.place();
    const bool isNegated = scanner.startsWith("(?!");
    scanner.skip(3);
    auto inside = aheadChoice();
    if (!inside)
      return inside;
    if (!scanner.take(")"))
      return scanner.errorAt(begin, "expected \")\" to end the group, found the end");
    auto behind = rest(0);
    if (!behind)
      return behind;
    auto ahead = TextSet::of(grammar, *inside), all = TextSet::of(grammar, *behind);
    auto both = !ahead ? Result<TextSet>(failFrom(ahead))
                : !all ? Result<TextSet>(failFrom(all))
                       : all->both(isNegated ? ahead->inverted() : *ahead);
    if (!both)
      return scanner.errorAt(begin, both.error().message);
    return both->write(grammar, writeSet);
  }

  /// The alternatives of a look ahead, each with anything behind it unless it ends in $.
  Result<ExprId> aheadChoice() {
    std::vector<ExprId> alternatives;
    do {
      std::vector<ExprId> parts;
      bool endsHere = false;
      while (!scanner.atEnd() && scanner.peek() != '|' && scanner.peek() != ')') {
        if (scanner.peek() == '$' && (scanner.peek(1) == '|' || scanner.peek(1) == ')')) {
          scanner.skip(1);
          endsHere = true;
          break;
        }
        auto part = repeated(1);
        if (!part)
          return part;
        parts.push_back(*part);
      }
      if (!endsHere)
        parts.push_back(anything());
      alternatives.push_back(grammar.sequence(std::move(parts)));
    } while (scanner.take("|"));
    return grammar.choice(std::move(alternatives));
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
        return scanner.errorAt(begin, "looking ahead or behind is not supported" +
                                          std::string(isPlain ? " within groups" : ""));
      if (scanner.take("<") || scanner.take("P<")) {
        while (!scanner.atEnd() && scanner.peek() != '>')
          scanner.skip(1);
        if (!scanner.take(">"))
          return scanner.errorAt(begin,
                                 "expected \">\" to end the name of the group, found the end");
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
  bool isPlain;
};

} // namespace

Result<ExprId> parseRegex(Grammar &grammar, std::string_view pattern, Fit fit,
                          const WriteSet &writeSet) {
  return Parser(grammar, pattern, fit, writeSet, false).parse();
}

Result<ExprId> parseRegex(Grammar &grammar, std::string_view pattern, Fit fit) {
  const WriteSet asTheyStand = [&](const CodePoints &set) { return grammar.set(set); };
  return Parser(grammar, pattern, fit, asTheyStand, true).parse();
}

bool looksAhead(std::string_view pattern) {
  return pattern.find("(?=") != pattern.npos || pattern.find("(?!") != pattern.npos;
}

Result<Grammar> grammarOfRegex(std::string_view pattern) {
  Grammar grammar;
  const RuleId root = grammar.rule("root");
  auto body = parseRegex(grammar, pattern, Fit::Whole);
  if (!body)
    return failFrom(body);
  grammar.define(root, *body);
  return grammar;
}

} // namespace weft::constrain
