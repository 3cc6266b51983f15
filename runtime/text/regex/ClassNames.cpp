#include "runtime/text/regex/ClassNames.h"

#include <string>

namespace weft::text {

namespace {

using enum GeneralCategory;

struct NamedCategories {
  std::string_view name;
  CategorySet set;
};

/// In lower case, without spaces, hyphens and underscores.
constexpr NamedCategories names[] = {
    {"l", letters},
    {"letter", letters},
    {"lu", bit(Lu)},
    {"uppercaseletter", bit(Lu)},
    {"ll", bit(Ll)},
    {"lowercaseletter", bit(Ll)},
    {"lt", bit(Lt)},
    {"titlecaseletter", bit(Lt)},
    {"lm", bit(Lm)},
    {"modifierletter", bit(Lm)},
    {"lo", bit(Lo)},
    {"otherletter", bit(Lo)},
    {"m", marks},
    {"mark", marks},
    {"mn", bit(Mn)},
    {"nonspacingmark", bit(Mn)},
    {"mc", bit(Mc)},
    {"spacingmark", bit(Mc)},
    {"me", bit(Me)},
    {"enclosingmark", bit(Me)},
    {"n", numbers},
    {"number", numbers},
    {"nd", bit(Nd)},
    {"digit", bit(Nd)},
    {"decimalnumber", bit(Nd)},
    {"nl", bit(Nl)},
    {"letternumber", bit(Nl)},
    {"no", bit(No)},
    {"othernumber", bit(No)},
    {"p", punctuation},
    {"punct", punctuation},
    {"punctuation", punctuation},
    {"pc", bit(Pc)},
    {"pd", bit(Pd)},
    {"ps", bit(Ps)},
    {"pe", bit(Pe)},
    {"pi", bit(Pi)},
    {"pf", bit(Pf)},
    {"po", bit(Po)},
    {"s", symbols},
    {"symbol", symbols},
    {"sm", bit(Sm)},
    {"mathsymbol", bit(Sm)},
    {"sc", bit(Sc)},
    {"currencysymbol", bit(Sc)},
    {"sk", bit(Sk)},
    {"modifiersymbol", bit(Sk)},
    {"so", bit(So)},
    {"othersymbol", bit(So)},
    {"z", separators},
    {"separator", separators},
    {"zs", bit(Zs)},
    {"spaceseparator", bit(Zs)},
    {"zl", bit(Zl)},
    {"zp", bit(Zp)},
    {"c", others},
    {"other", others},
    {"cn", bit(Cn)},
    {"cc", bit(Cc)},
    {"control", bit(Cc)},
    {"cf", bit(Cf)},
    {"format", bit(Cf)},
    {"co", bit(Co)},
};

CharacterSet hexDigits() {
  return CharacterSet::range('0', '9') | CharacterSet::range('A', 'F') |
         CharacterSet::range('a', 'f');
}

} // namespace

std::optional<CharacterSet> escapedClass(char32_t letter, bool insideClass) {
  switch (letter) {
    // clang-format off
  case 's': return CharacterSet::whitespace();
  case 'S': return CharacterSet::whitespace().complement();
  case 'w': return CharacterSet::word(insideClass);
  case 'W': return CharacterSet::word(insideClass).complement();
  case 'd': return CharacterSet::ofCategories(bit(Nd));
  case 'D': return CharacterSet::ofCategories(bit(Nd)).complement();
  case 'h': return hexDigits();
  case 'H': return hexDigits().complement();
  default: return std::nullopt;
    // clang-format on
  }
}

std::optional<CharacterSet> characterProperty(std::string_view name) {
  std::string plain;
  for (char c : name)
    if (c != '_' && c != ' ' && c != '-')
      plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (plain == "han")
    return CharacterSet::han();
  for (const NamedCategories &known : names)
    if (known.name == plain)
      return CharacterSet::ofCategories(known.set);
  return std::nullopt;
}

std::optional<CharacterSet> posixClass(std::string_view name) {
  if (name == "digit")
    return CharacterSet::ofCategories(bit(Nd));
  if (name == "space")
    return CharacterSet::whitespace();
  if (name == "word")
    return CharacterSet::word(true);
  if (name == "punct")
    return CharacterSet::ofCategories(punctuation | symbols);
  if (name == "xdigit")
    return hexDigits();
  return std::nullopt;
}

} // namespace weft::text
