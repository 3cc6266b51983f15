#include "runtime/text/regex/ClassNames.h"

#include <string>

namespace weft::regex {

namespace {

using enum unicode::GeneralCategory;

struct NamedCategories {
  std::string_view name;
  unicode::CategorySet set;
};

/// In lower case, without spaces, hyphens and underscores.
constexpr NamedCategories names[] = {
    {"l", unicode::letters},
    {"letter", unicode::letters},
    {"lu", unicode::bit(Lu)},
    {"uppercaseletter", unicode::bit(Lu)},
    {"ll", unicode::bit(Ll)},
    {"lowercaseletter", unicode::bit(Ll)},
    {"lt", unicode::bit(Lt)},
    {"titlecaseletter", unicode::bit(Lt)},
    {"lm", unicode::bit(Lm)},
    {"modifierletter", unicode::bit(Lm)},
    {"lo", unicode::bit(Lo)},
    {"otherletter", unicode::bit(Lo)},
    {"m", unicode::marks},
    {"mark", unicode::marks},
    {"mn", unicode::bit(Mn)},
    {"nonspacingmark", unicode::bit(Mn)},
    {"mc", unicode::bit(Mc)},
    {"spacingmark", unicode::bit(Mc)},
    {"me", unicode::bit(Me)},
    {"enclosingmark", unicode::bit(Me)},
    {"n", unicode::numbers},
    {"number", unicode::numbers},
    {"nd", unicode::bit(Nd)},
    {"digit", unicode::bit(Nd)},
    {"decimalnumber", unicode::bit(Nd)},
    {"nl", unicode::bit(Nl)},
    {"letternumber", unicode::bit(Nl)},
    {"no", unicode::bit(No)},
    {"othernumber", unicode::bit(No)},
    {"p", unicode::punctuation},
    {"punct", unicode::punctuation},
    {"punctuation", unicode::punctuation},
    {"pc", unicode::bit(Pc)},
    {"pd", unicode::bit(Pd)},
    {"ps", unicode::bit(Ps)},
    {"pe", unicode::bit(Pe)},
    {"pi", unicode::bit(Pi)},
    {"pf", unicode::bit(Pf)},
    {"po", unicode::bit(Po)},
    {"s", unicode::symbols},
    {"symbol", unicode::symbols},
    {"sm", unicode::bit(Sm)},
    {"mathsymbol", unicode::bit(Sm)},
    {"sc", unicode::bit(Sc)},
    {"currencysymbol", unicode::bit(Sc)},
    {"sk", unicode::bit(Sk)},
    {"modifiersymbol", unicode::bit(Sk)},
    {"so", unicode::bit(So)},
    {"othersymbol", unicode::bit(So)},
    {"z", unicode::separators},
    {"separator", unicode::separators},
    {"zs", unicode::bit(Zs)},
    {"spaceseparator", unicode::bit(Zs)},
    {"zl", unicode::bit(Zl)},
    {"zp", unicode::bit(Zp)},
    {"c", unicode::others},
    {"other", unicode::others},
    {"cn", unicode::bit(Cn)},
    {"cc", unicode::bit(Cc)},
    {"control", unicode::bit(Cc)},
    {"cf", unicode::bit(Cf)},
    {"format", unicode::bit(Cf)},
    {"co", unicode::bit(Co)},
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
  case 'd': return CharacterSet::ofCategories(unicode::bit(Nd));
  case 'D': return CharacterSet::ofCategories(unicode::bit(Nd)).complement();
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
    return CharacterSet::ofCategories(unicode::bit(Nd));
  if (name == "space")
    return CharacterSet::whitespace();
  if (name == "word")
    return CharacterSet::word(true);
  if (name == "punct")
    return CharacterSet::ofCategories(unicode::punctuation | unicode::symbols);
  if (name == "xdigit")
    return hexDigits();
  return std::nullopt;
}

} // namespace weft::regex
