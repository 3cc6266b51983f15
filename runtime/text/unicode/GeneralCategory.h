// The general categories of Unicode 16, the version of Hugging Face's regular expressions.
#pragma once

#include <cstdint>
#include <span>

namespace weft::unicode {

enum class GeneralCategory : uint8_t {
  Cn,
  Lu,
  Ll,
  Lt,
  Lm,
  Lo,
  Mn,
  Mc,
  Me,
  Nd,
  Nl,
  No,
  Pc,
  Pd,
  Ps,
  Pe,
  Pi,
  Pf,
  Po,
  Sm,
  Sc,
  Sk,
  So,
  Zs,
  Zl,
  Zp,
  Cc,
  Cf,
  Cs,
  Co,
};

/// A set of categories, a bit for each.
using CategorySet = uint32_t;
constexpr CategorySet bit(GeneralCategory category) {
  return CategorySet(1) << static_cast<unsigned>(category);
}
template <typename... Categories> constexpr CategorySet bits(Categories... categories) {
  return (bit(categories) | ...);
}

inline constexpr CategorySet letters =
    bits(GeneralCategory::Lu, GeneralCategory::Ll, GeneralCategory::Lt, GeneralCategory::Lm,
         GeneralCategory::Lo);
inline constexpr CategorySet marks =
    bits(GeneralCategory::Mn, GeneralCategory::Mc, GeneralCategory::Me);
inline constexpr CategorySet numbers =
    bits(GeneralCategory::Nd, GeneralCategory::Nl, GeneralCategory::No);
inline constexpr CategorySet punctuation =
    bits(GeneralCategory::Pc, GeneralCategory::Pd, GeneralCategory::Ps, GeneralCategory::Pe,
         GeneralCategory::Pi, GeneralCategory::Pf, GeneralCategory::Po);
inline constexpr CategorySet symbols =
    bits(GeneralCategory::Sm, GeneralCategory::Sc, GeneralCategory::Sk, GeneralCategory::So);
inline constexpr CategorySet separators =
    bits(GeneralCategory::Zs, GeneralCategory::Zl, GeneralCategory::Zp);
inline constexpr CategorySet others =
    bits(GeneralCategory::Cn, GeneralCategory::Cc, GeneralCategory::Cf, GeneralCategory::Cs,
         GeneralCategory::Co);

/// Returns the category of a code point; Cn above U+10FFFF.
GeneralCategory generalCategory(char32_t code);
inline bool isIn(char32_t code, CategorySet set) { return bit(generalCategory(code)) & set; }

/// The consecutive code points [begin, end) of one category.
struct CategoryRun {
  char32_t begin, end;
  GeneralCategory category;
};
/// Returns the runs that cover all of Unicode, in order. Computed once.
std::span<const CategoryRun> categoryRuns();

} // namespace weft::unicode
