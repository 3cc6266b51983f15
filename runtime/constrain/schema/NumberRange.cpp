#include "runtime/constrain/schema/NumberRange.h"

#include <algorithm>
#include <string>
#include <vector>

namespace weft::constrain {

namespace {

ExprId digits(Grammar &grammar, char low, char high) {
  return grammar.set({{char32_t(low), char32_t(high)}});
}

ExprId anyDigits(Grammar &grammar, uint32_t least, uint32_t most) {
  return grammar.repeat(digits(grammar, '0', '9'), least, most);
}

/// Digit strings of one length between two of that length.
ExprId sameLength(Grammar &grammar, const std::string &low, const std::string &high) {
  const auto size = uint32_t(low.size());
  // Without this the two ends below would each be cut in two again, digit by digit.
  if (low == std::string(size, '0') && high == std::string(size, '9'))
    return anyDigits(grammar, size, size);
  const uint32_t rest = size - 1;
  const std::string lowRest = low.substr(1), highRest = high.substr(1);
  if (low[0] == high[0])
    return grammar.sequence({grammar.literal(low.substr(0, 1)),
                             sameLength(grammar, lowRest, highRest)});
  std::vector<ExprId> ways = {
      grammar.sequence({grammar.literal(low.substr(0, 1)),
                        sameLength(grammar, lowRest, std::string(rest, '9'))}),
      grammar.sequence({grammar.literal(high.substr(0, 1)),
                        sameLength(grammar, std::string(rest, '0'), highRest)})};
  if (low[0] + 1 < high[0])
    ways.push_back(grammar.sequence({digits(grammar, char(low[0] + 1), char(high[0] - 1)),
                                     anyDigits(grammar, rest, rest)}));
  return grammar.choice(std::move(ways));
}

/// 0 <= least <= most.
ExprId naturalsBetween(Grammar &grammar, int64_t least, int64_t most) {
  std::vector<ExprId> ways;
  for (;;) {
    const std::string low = std::to_string(least);
    const std::string nines(low.size(), '9');
    const int64_t lengthEnd = std::min<int64_t>(most, std::stoll(nines));
    ways.push_back(sameLength(grammar, low, std::to_string(lengthEnd)));
    if (lengthEnd == most)
      return grammar.choice(std::move(ways));
    least = lengthEnd + 1;
  }
}

/// 0 <= least.value <= most.value.
ExprId magnitudesBetween(Grammar &grammar, Bound least, Bound most) {
  constexpr uint32_t mostFraction = 16;
  auto behind = [&](ExprId whole, ExprId fraction, bool isOptional) {
    const ExprId part = grammar.sequence({grammar.literal("."), fraction});
    return grammar.sequence({whole, isOptional ? grammar.optional(part) : part});
  };
  auto literal = [&](int64_t value) { return grammar.literal(std::to_string(value)); };
  const ExprId zeros = grammar.repeat(grammar.literal("0"), 1, mostFraction);
  const ExprId any = anyDigits(grammar, 1, mostFraction);
  std::vector<ExprId> ways;
  if (least.value == most.value) {
    if (!least.isOpen && !most.isOpen)
      ways.push_back(behind(literal(most.value), zeros, true));
    return grammar.choice(std::move(ways));
  }
  const ExprId notZero = grammar.sequence({anyDigits(grammar, 0, mostFraction / 2),
                                           digits(grammar, '1', '9'),
                                           anyDigits(grammar, 0, mostFraction / 2 - 1)});
  ways.push_back(least.isOpen ? behind(literal(least.value), notZero, false)
                              : behind(literal(least.value), any, true));
  if (least.value + 1 < most.value)
    ways.push_back(behind(naturalsBetween(grammar, least.value + 1, most.value - 1), any, true));
  if (!most.isOpen)
    ways.push_back(behind(literal(most.value), zeros, true));
  return grammar.choice(std::move(ways));
}

} // namespace

ExprId integersBetween(Grammar &grammar, int64_t least, int64_t most) {
  std::vector<ExprId> ways;
  if (most >= 0)
    ways.push_back(naturalsBetween(grammar, std::max<int64_t>(least, 0), most));
  if (least < 0)
    ways.push_back(grammar.sequence(
        {grammar.literal("-"),
         naturalsBetween(grammar, std::max<int64_t>(1, -most), -least)}));
  return grammar.choice(std::move(ways));
}

ExprId numbersBetween(Grammar &grammar, Bound least, Bound most) {
  std::vector<ExprId> ways;
  if (most.value >= 0 && !(most.value == 0 && most.isOpen))
    ways.push_back(magnitudesBetween(grammar, least.value < 0 ? Bound{0, false} : least, most));
  if (least.value < 0)
    ways.push_back(grammar.sequence(
        {grammar.literal("-"),
         magnitudesBetween(grammar, most.value >= 0 ? Bound{0, true} : Bound{-most.value, most.isOpen},
                           {-least.value, least.isOpen})}));
  return grammar.choice(std::move(ways));
}

} // namespace weft::constrain
