#include "runtime/constrain/schema/NumberRange.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

namespace weft::constrain {

namespace {

/// Digits of a side without a bound: decimals of so many are told apart by doubles.
constexpr size_t digitsOfDoubles = 15;
constexpr size_t digitsOfIntegers = 18;
/// Digits of the largest integer of 64 bits.
constexpr size_t mostDigits = 20;

ExprId digits(Grammar &grammar, char low, char high) {
  return grammar.set({{char32_t(low), char32_t(high)}});
}

ExprId anyDigits(Grammar &grammar, size_t least, size_t most) {
  return grammar.repeat(digits(grammar, '0', '9'), uint32_t(least), uint32_t(most));
}

int compareDigits(const std::string &a, const std::string &b) {
  if (a.size() != b.size())
    return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

std::string plusOne(std::string digits) {
  size_t i = digits.size();
  while (i > 0 && digits[i - 1] == '9')
    digits[--i] = '0';
  if (i == 0)
    return "1" + digits;
  ++digits[i - 1];
  return digits;
}

/// Of at least 1.
std::string minusOne(std::string digits) {
  size_t i = digits.size();
  while (digits[i - 1] == '0')
    digits[--i] = '9';
  --digits[i - 1];
  const size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  return digits.substr(first);
}

/// The closest integer that a bound lets in.
Decimal inner(const Bound &bound, bool isLeast) {
  Decimal value = bound.value;
  // Where doubles are further apart than integers, the next one is the first beyond doubt.
  if (bound.isOpen && value.isWhole() && value.whole.size() > 15) {
    double real = 0;
    const std::string text = value.text();
    std::from_chars(text.data(), text.data() + text.size(), real);
    if (std::abs(real) >= 9007199254740992.0)
      return Decimal::of(std::nextafter(real, isLeast ? INFINITY : -INFINITY));
  }
  const bool isTruncated = isLeast == value.isNegative; // towards 0, which is inwards
  const bool moves = value.isWhole() ? bound.isOpen : !isTruncated;
  value.fraction.clear();
  if (!moves) {
    if (value.whole == "0")
      value.isNegative = false;
    return value;
  }
  if (value.whole == "0") {
    // From 0 (or a fraction next to it) to 1 or -1; the other way there is 0 itself.
    return {.isNegative = !isLeast, .whole = "1"};
  }
  const bool grows = isLeast != value.isNegative;
  value.whole = grows ? plusOne(value.whole) : minusOne(value.whole);
  if (value.whole == "0")
    value.isNegative = false;
  return value;
}

/// Digit strings of one length between two of that length.
ExprId sameLength(Grammar &grammar, const std::string &low, const std::string &high) {
  const size_t size = low.size();
  // Without this the two ends below would each be cut in two again, digit by digit.
  if (low == std::string(size, '0') && high == std::string(size, '9'))
    return anyDigits(grammar, size, size);
  const size_t rest = size - 1;
  const std::string lowRest = low.substr(1), highRest = high.substr(1);
  if (low[0] == high[0])
    return grammar.sequence(
        {grammar.literal(low.substr(0, 1)), sameLength(grammar, lowRest, highRest)});
  std::vector<ExprId> ways = {
      grammar.sequence({grammar.literal(low.substr(0, 1)),
                        sameLength(grammar, lowRest, std::string(rest, '9'))}),
      grammar.sequence({grammar.literal(high.substr(0, 1)),
                        sameLength(grammar, std::string(rest, '0'), highRest)})};
  if (low[0] + 1 < high[0])
    ways.push_back(grammar.sequence(
        {digits(grammar, char(low[0] + 1), char(high[0] - 1)), anyDigits(grammar, rest, rest)}));
  return grammar.choice(std::move(ways));
}

/// 0 <= low <= high: for each length that there is, the expression.
std::vector<std::pair<size_t, ExprId>> naturals(Grammar &grammar, const std::string &low,
                                                const std::string &high) {
  std::vector<std::pair<size_t, ExprId>> ways;
  for (size_t size = low.size(); size <= high.size(); ++size)
    ways.push_back(
        {size, sameLength(grammar, size == low.size() ? low : "1" + std::string(size - 1, '0'),
                          size == high.size() ? high : std::string(size, '9'))});
  return ways;
}

ExprId naturalsBetween(Grammar &grammar, const std::string &low, const std::string &high) {
  std::vector<ExprId> ways;
  for (const auto &[size, way] : naturals(grammar, low, high))
    ways.push_back(way);
  return grammar.choice(std::move(ways));
}

/// Digits behind a point of at most `left`, read as at least `bound[at...]`, or more if it is
/// open. May be empty.
ExprId fractionFrom(Grammar &grammar, const std::string &bound, size_t at, bool isOpen,
                    size_t left) {
  std::vector<ExprId> ways;
  if (at == bound.size()) {
    if (!isOpen)
      return anyDigits(grammar, 0, left);
    for (size_t zeros = 0; zeros < left; ++zeros)
      ways.push_back(
          grammar.sequence({grammar.literal(std::string(zeros, '0')), digits(grammar, '1', '9'),
                            anyDigits(grammar, 0, left - zeros - 1)}));
    return grammar.choice(std::move(ways));
  }
  if (left == 0)
    return grammar.choice({});
  if (bound[at] < '9')
    ways.push_back(grammar.sequence(
        {digits(grammar, char(bound[at] + 1), '9'), anyDigits(grammar, 0, left - 1)}));
  ways.push_back(grammar.sequence({grammar.literal(bound.substr(at, 1)),
                                   fractionFrom(grammar, bound, at + 1, isOpen, left - 1)}));
  return grammar.choice(std::move(ways));
}

/// Likewise, at most.
ExprId fractionTo(Grammar &grammar, const std::string &bound, size_t at, bool isOpen, size_t left) {
  if (at == bound.size())
    return isOpen ? grammar.choice({}) : grammar.repeat(grammar.literal("0"), 0, uint32_t(left));
  std::vector<ExprId> ways = {grammar.sequence({})};
  if (left > 0) {
    if (bound[at] > '0')
      ways.push_back(grammar.sequence(
          {digits(grammar, '0', char(bound[at] - 1)), anyDigits(grammar, 0, left - 1)}));
    ways.push_back(grammar.sequence({grammar.literal(bound.substr(at, 1)),
                                     fractionTo(grammar, bound, at + 1, isOpen, left - 1)}));
  }
  return grammar.choice(std::move(ways));
}

ExprId fractionBetween(Grammar &grammar, const std::string &low, bool isLowOpen,
                       const std::string &high, bool isHighOpen, size_t at, size_t left) {
  if (at == low.size() && at == high.size())
    return isLowOpen || isHighOpen ? grammar.choice({})
                                   : grammar.repeat(grammar.literal("0"), 0, uint32_t(left));
  const char from = at < low.size() ? low[at] : '0', to = at < high.size() ? high[at] : '0';
  std::vector<ExprId> ways;
  // The end here is a number whose further digits are 0.
  if (at == low.size() && !isLowOpen)
    ways.push_back(grammar.sequence({}));
  if (left == 0)
    return grammar.choice(std::move(ways));
  if (from == to) {
    ways.push_back(grammar.sequence(
        {grammar.literal(std::string(1, from)),
         fractionBetween(grammar, low, isLowOpen, high, isHighOpen, at + 1, left - 1)}));
    return grammar.choice(std::move(ways));
  }
  ways.push_back(grammar.sequence(
      {grammar.literal(std::string(1, from)),
       fractionFrom(grammar, low, std::min(at + 1, low.size()), isLowOpen, left - 1)}));
  if (from + 1 < to)
    ways.push_back(grammar.sequence(
        {digits(grammar, char(from + 1), char(to - 1)), anyDigits(grammar, 0, left - 1)}));
  ways.push_back(grammar.sequence(
      {grammar.literal(std::string(1, to)),
       fractionTo(grammar, high, std::min(at + 1, high.size()), isHighOpen, left - 1)}));
  return grammar.choice(std::move(ways));
}

/// 0 <= least <= most, neither negative.
ExprId magnitudes(Grammar &grammar, const Bound &least, const Bound &most) {
  const Decimal &low = least.value, &high = most.value;
  auto digitsBehind = [](size_t whole) {
    return whole > digitsOfDoubles ? 0 : std::max<size_t>(digitsOfDoubles - whole, 1);
  };
  auto digitsAt = [&](const Decimal &bound) {
    size_t count = digitsBehind(bound.whole.size());
    // A closed bound may be met with all its digits, which says nothing of an open one but 0.
    const bool isClear = (!least.isOpen || low.isZero()) && !most.isOpen;
    if (isClear)
      count = std::max({count, low.fraction.size(), high.fraction.size()});
    return count;
  };
  auto withFraction = [&](const std::string &whole, ExprId fraction, bool mayBeNone) {
    std::vector<ExprId> ways = {grammar.sequence({grammar.literal("."), fraction})};
    if (mayBeNone)
      ways.push_back(grammar.sequence({}));
    return grammar.sequence({grammar.literal(whole), grammar.choice(std::move(ways))});
  };
  // Fractions of at least one digit: the first one taken apart.
  auto notEmpty = [&](const std::function<ExprId(size_t at, size_t left, char digit)> &rest,
                      size_t left) {
    std::vector<ExprId> ways;
    for (char digit = '0'; left > 0 && digit <= '9'; ++digit)
      ways.push_back(
          grammar.sequence({grammar.literal(std::string(1, digit)), rest(1, left - 1, digit)}));
    return grammar.choice(std::move(ways));
  };
  auto digitOf = [](const std::string &text) { return text.empty() ? '0' : text[0]; };
  std::vector<ExprId> ways;
  if (low.whole == high.whole) {
    const bool mayBeNone = low.isWhole() && !least.isOpen && (!high.isWhole() || !most.isOpen);
    ways.push_back(withFraction(
        low.whole,
        notEmpty(
            [&](size_t at, size_t left, char digit) {
              const char from = digitOf(low.fraction), to = digitOf(high.fraction);
              if (digit < from || digit > to)
                return grammar.choice({});
              const size_t lowAt = std::min(at, low.fraction.size());
              const size_t highAt = std::min(at, high.fraction.size());
              if (digit == from && digit == to)
                return fractionBetween(grammar, low.fraction.substr(lowAt), least.isOpen,
                                       high.fraction.substr(highAt), most.isOpen, 0, left);
              if (digit == from)
                return fractionFrom(grammar, low.fraction, lowAt, least.isOpen, left);
              if (digit == to)
                return fractionTo(grammar, high.fraction, highAt, most.isOpen, left);
              return anyDigits(grammar, 0, left);
            },
            digitsAt(low)),
        mayBeNone));
    return grammar.choice(std::move(ways));
  }
  ways.push_back(
      withFraction(low.whole,
                   notEmpty(
                       [&](size_t at, size_t left, char digit) {
                         const char from = digitOf(low.fraction);
                         if (digit != from)
                           return digit < from ? grammar.choice({}) : anyDigits(grammar, 0, left);
                         return fractionFrom(grammar, low.fraction,
                                             std::min(at, low.fraction.size()), least.isOpen, left);
                       },
                       digitsAt(low)),
                   low.isWhole() && !least.isOpen));
  const std::string first = plusOne(low.whole), last = minusOne(high.whole);
  if (compareDigits(first, last) <= 0)
    for (const auto &[size, whole] : naturals(grammar, first, last)) {
      const size_t count = digitsBehind(size);
      ways.push_back(count == 0 ? whole
                                : grammar.sequence({whole, grammar.optional(grammar.sequence(
                                                               {grammar.literal("."),
                                                                anyDigits(grammar, 1, count)}))}));
    }
  ways.push_back(
      withFraction(high.whole,
                   notEmpty(
                       [&](size_t at, size_t left, char digit) {
                         const char to = digitOf(high.fraction);
                         if (digit != to)
                           return digit > to ? grammar.choice({}) : anyDigits(grammar, 0, left);
                         return fractionTo(grammar, high.fraction,
                                           std::min(at, high.fraction.size()), most.isOpen, left);
                       },
                       std::max<size_t>(digitsAt(high), 1)),
                   !high.isWhole() || !most.isOpen));
  return grammar.choice(std::move(ways));
}

/// Both ends, with what stands for no bound: so many digits, or as many as the other end has.
bool closeRange(const NumberRange &range, size_t digitsWithout, Bound &least, Bound &most) {
  auto isFar = [](const std::optional<Bound> &bound) {
    return !bound || bound->value.whole.size() > mostDigits;
  };
  const std::string nines(digitsWithout, '9');
  least = isFar(range.least) ? Bound{{.isNegative = true, .whole = nines}, false} : *range.least;
  most = isFar(range.most) ? Bound{{.whole = nines}, false} : *range.most;
  // Where nothing else is left, the far bound itself.
  if (range.least && compare(range.least->value, least.value) > 0)
    least = *range.least;
  if (range.most && compare(range.most->value, most.value) < 0)
    most = *range.most;
  if (compare(least.value, most.value) > 0) {
    if (!range.most)
      most = {{.isNegative = false, .whole = std::string(least.value.whole.size() + 1, '9')},
              false};
    else
      most = *range.most;
    if (!range.least)
      least = {{.isNegative = true, .whole = std::string(most.value.whole.size() + 1, '9')}, false};
    else
      least = *range.least;
  }
  const int order = compare(least.value, most.value);
  return order < 0 || (order == 0 && !least.isOpen && !most.isOpen);
}

} // namespace

Decimal Decimal::of(int64_t value) {
  std::string text = std::to_string(value);
  const bool isNegative = value < 0;
  return {isNegative, isNegative ? text.substr(1) : text};
}

Decimal Decimal::of(uint64_t value) { return {false, std::to_string(value)}; }

Decimal Decimal::of(double value) {
  char text[400];
  const auto end =
      std::to_chars(text, text + sizeof text, std::abs(value), std::chars_format::fixed).ptr;
  const std::string all(text, end);
  const size_t point = all.find('.');
  Decimal made = {value < 0, all.substr(0, point)};
  if (point != std::string::npos)
    made.fraction = all.substr(point + 1);
  while (made.fraction.ends_with('0'))
    made.fraction.pop_back();
  if (made.isZero())
    made.isNegative = false;
  return made;
}

std::string Decimal::text() const {
  return (isNegative ? "-" : "") + whole + (fraction.empty() ? "" : "." + fraction);
}

int compare(const Decimal &a, const Decimal &b) {
  if (a.isNegative != b.isNegative)
    return a.isNegative ? -1 : 1;
  int order = compareDigits(a.whole, b.whole);
  if (order == 0)
    order = a.fraction.compare(b.fraction);
  return a.isNegative ? -order : order;
}

void NumberRange::raise(const Bound &bound) {
  const int order = least ? compare(bound.value, least->value) : 1;
  if (order > 0)
    least = bound;
  else if (order == 0)
    least->isOpen |= bound.isOpen;
}

void NumberRange::lower(const Bound &bound) {
  const int order = most ? compare(bound.value, most->value) : -1;
  if (order < 0)
    most = bound;
  else if (order == 0)
    most->isOpen |= bound.isOpen;
}

std::optional<ExprId> integersIn(Grammar &grammar, const NumberRange &range) {
  NumberRange whole;
  if (range.least)
    whole.least = Bound{inner(*range.least, true), false};
  if (range.most)
    whole.most = Bound{inner(*range.most, false), false};
  Bound least, most;
  if (!closeRange(whole, digitsOfIntegers, least, most))
    return std::nullopt;
  const Decimal &low = least.value, &high = most.value;
  std::vector<ExprId> ways;
  if (!high.isNegative)
    ways.push_back(naturalsBetween(grammar, low.isNegative ? "0" : low.whole, high.whole));
  if (low.isNegative)
    ways.push_back(grammar.sequence(
        {grammar.literal("-"),
         naturalsBetween(grammar, high.isNegative ? high.whole : "1", low.whole)}));
  return grammar.choice(std::move(ways));
}

std::optional<ExprId> numbersIn(Grammar &grammar, const NumberRange &range) {
  Bound least, most;
  if (!closeRange(range, digitsOfDoubles, least, most))
    return std::nullopt;
  auto turned = [](Bound bound) {
    bound.value.isNegative = false;
    return bound;
  };
  std::vector<ExprId> ways;
  if (!most.value.isNegative && !(most.value.isZero() && most.isOpen))
    ways.push_back(magnitudes(grammar, least.value.isNegative ? Bound{{}, false} : least, most));
  if (least.value.isNegative)
    ways.push_back(grammar.sequence(
        {grammar.literal("-"),
         magnitudes(grammar, most.value.isNegative ? turned(most) : Bound{{}, true},
                    turned(least))}));
  return grammar.choice(std::move(ways));
}

Result<ExprId> multiplesOf(Grammar &grammar, const Decimal &divisor) {
  // A number is a multiple of p / 10^k if its first k digits behind the point make it one of p
  // and all others are 0. A state is what is left of a division by p, and how many digits came
  // behind the point, if it came.
  constexpr uint64_t largest = 4000;
  const size_t places = divisor.fraction.size();
  const std::string digitsOfIt = divisor.whole + divisor.fraction;
  uint64_t p = 0;
  for (char digit : digitsOfIt)
    p = std::min(largest * 10, p * 10 + uint64_t(digit - '0'));
  if (p == 0 || p * (places + 2) > largest)
    return fail("expected a multiple of a number with fewer digits, found " + divisor.text());
  std::vector<Expr::State> states(1 + p * (places + 2));
  auto at = [&](uint64_t rest, size_t column) { return uint32_t(1 + column * p + rest); };
  auto isMultiple = [&](uint64_t rest, size_t digitsBehind) {
    for (size_t i = digitsBehind; i < places; ++i)
      rest = rest * 10 % p;
    return rest == 0;
  };
  std::vector<ExprId> digit;
  for (char c = '0'; c <= '9'; ++c)
    digit.push_back(grammar.literal(std::string(1, c)));
  const ExprId point = grammar.literal(".");
  for (uint64_t d = 0; d < 10; ++d)
    states[0].edges.push_back({digit[d], at(d % p, 0)});
  for (uint64_t rest = 0; rest < p; ++rest) {
    Expr::State &whole = states[at(rest, 0)];
    whole.accepts = isMultiple(rest, 0);
    whole.edges.push_back({point, at(rest, 1)});
    for (uint64_t d = 0; d < 10; ++d)
      whole.edges.push_back({digit[d], at((rest * 10 + d) % p, 0)});
    for (size_t column = 1; column <= places + 1; ++column) {
      Expr::State &behind = states[at(rest, column)];
      behind.accepts = isMultiple(rest, column - 1);
      for (uint64_t d = 0; d < 10; ++d)
        if (column <= places)
          behind.edges.push_back({digit[d], at((rest * 10 + d) % p, column + 1)});
        else if (d == 0)
          behind.edges.push_back({digit[d], at(rest, column)});
    }
  }
  return grammar.sequence(
      {grammar.optional(grammar.literal("-")), grammar.automaton(std::move(states))});
}

} // namespace weft::constrain
