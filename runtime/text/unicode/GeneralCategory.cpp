#include "runtime/text/unicode/GeneralCategory.h"

#include <algorithm>
#include <array>
#include <map>
#include <utf8proc.h>
#include <vector>

namespace weft::unicode {

namespace {

using enum GeneralCategory;

struct Newer {
  char32_t first, last;
  GeneralCategory category;
};

/// Where Unicode 15.1 and 16 differ from 15.0, which is what libutf8proc 2.8 knows.
constexpr Newer newer[] = {
    {0x897, 0x897, Mn},     {0x1B4E, 0x1B4F, Po},   {0x1B7F, 0x1B7F, Po},   {0x1C89, 0x1C89, Lu},
    {0x1C8A, 0x1C8A, Ll},   {0x2427, 0x2429, So},   {0x2FFC, 0x2FFF, So},   {0x31E4, 0x31E5, So},
    {0x31EF, 0x31EF, So},   {0xA7CB, 0xA7CC, Lu},   {0xA7CD, 0xA7CD, Ll},   {0xA7DA, 0xA7DA, Lu},
    {0xA7DB, 0xA7DB, Ll},   {0xA7DC, 0xA7DC, Lu},   {0x105C0, 0x105F3, Lo}, {0x10D40, 0x10D49, Nd},
    {0x10D4A, 0x10D4D, Lo}, {0x10D4E, 0x10D4E, Lm}, {0x10D4F, 0x10D4F, Lo}, {0x10D50, 0x10D65, Lu},
    {0x10D69, 0x10D6D, Mn}, {0x10D6E, 0x10D6E, Pd}, {0x10D6F, 0x10D6F, Lm}, {0x10D70, 0x10D85, Ll},
    {0x10D8E, 0x10D8F, Sm}, {0x10EC2, 0x10EC4, Lo}, {0x10EFC, 0x10EFC, Mn}, {0x11380, 0x11389, Lo},
    {0x1138B, 0x1138B, Lo}, {0x1138E, 0x1138E, Lo}, {0x11390, 0x113B5, Lo}, {0x113B7, 0x113B7, Lo},
    {0x113B8, 0x113BA, Mc}, {0x113BB, 0x113C0, Mn}, {0x113C2, 0x113C2, Mc}, {0x113C5, 0x113C5, Mc},
    {0x113C7, 0x113CA, Mc}, {0x113CC, 0x113CD, Mc}, {0x113CE, 0x113CE, Mn}, {0x113CF, 0x113CF, Mc},
    {0x113D0, 0x113D0, Mn}, {0x113D1, 0x113D1, Lo}, {0x113D2, 0x113D2, Mn}, {0x113D3, 0x113D3, Lo},
    {0x113D4, 0x113D5, Po}, {0x113D7, 0x113D8, Po}, {0x113E1, 0x113E2, Mn}, {0x116D0, 0x116E3, Nd},
    {0x1171E, 0x1171E, Mc}, {0x11BC0, 0x11BE0, Lo}, {0x11BE1, 0x11BE1, Po}, {0x11BF0, 0x11BF9, Nd},
    {0x11F5A, 0x11F5A, Mn}, {0x13460, 0x143FA, Lo}, {0x16100, 0x1611D, Lo}, {0x1611E, 0x16129, Mn},
    {0x1612A, 0x1612C, Mc}, {0x1612D, 0x1612F, Mn}, {0x16130, 0x16139, Nd}, {0x16D40, 0x16D42, Lm},
    {0x16D43, 0x16D6A, Lo}, {0x16D6B, 0x16D6C, Lm}, {0x16D6D, 0x16D6F, Po}, {0x16D70, 0x16D79, Nd},
    {0x18CFF, 0x18CFF, Lo}, {0x1CC00, 0x1CCEF, So}, {0x1CCF0, 0x1CCF9, Nd}, {0x1CD00, 0x1CEB3, So},
    {0x1E5D0, 0x1E5ED, Lo}, {0x1E5EE, 0x1E5EF, Mn}, {0x1E5F0, 0x1E5F0, Lo}, {0x1E5F1, 0x1E5FA, Nd},
    {0x1E5FF, 0x1E5FF, Po}, {0x1F8B2, 0x1F8BB, So}, {0x1F8C0, 0x1F8C1, So}, {0x1FA89, 0x1FA89, So},
    {0x1FA8F, 0x1FA8F, So}, {0x1FABE, 0x1FABE, So}, {0x1FAC6, 0x1FAC6, So}, {0x1FADC, 0x1FADC, So},
    {0x1FADF, 0x1FADF, So}, {0x1FAE9, 0x1FAE9, So}, {0x1FBCB, 0x1FBEF, So}, {0x2EBF0, 0x2EE5D, Lo},
};

/// Between these all code points are alike: unassigned, and private use up to the end.
constexpr char32_t unassignedFrom = 0x32400, tagsFrom = 0xE0000, tagsEnd = 0xE0200,
                   privateFrom = 0xF0000, codesEnd = 0x110000;

GeneralCategory categoryOf(char32_t code) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code))) {
    // clang-format off
  case UTF8PROC_CATEGORY_LU: return Lu;
  case UTF8PROC_CATEGORY_LL: return Ll;
  case UTF8PROC_CATEGORY_LT: return Lt;
  case UTF8PROC_CATEGORY_LM: return Lm;
  case UTF8PROC_CATEGORY_LO: return Lo;
  case UTF8PROC_CATEGORY_MN: return Mn;
  case UTF8PROC_CATEGORY_MC: return Mc;
  case UTF8PROC_CATEGORY_ME: return Me;
  case UTF8PROC_CATEGORY_ND: return Nd;
  case UTF8PROC_CATEGORY_NL: return Nl;
  case UTF8PROC_CATEGORY_NO: return No;
  case UTF8PROC_CATEGORY_PC: return Pc;
  case UTF8PROC_CATEGORY_PD: return Pd;
  case UTF8PROC_CATEGORY_PS: return Ps;
  case UTF8PROC_CATEGORY_PE: return Pe;
  case UTF8PROC_CATEGORY_PI: return Pi;
  case UTF8PROC_CATEGORY_PF: return Pf;
  case UTF8PROC_CATEGORY_PO: return Po;
  case UTF8PROC_CATEGORY_SM: return Sm;
  case UTF8PROC_CATEGORY_SC: return Sc;
  case UTF8PROC_CATEGORY_SK: return Sk;
  case UTF8PROC_CATEGORY_SO: return So;
  case UTF8PROC_CATEGORY_ZS: return Zs;
  case UTF8PROC_CATEGORY_ZL: return Zl;
  case UTF8PROC_CATEGORY_ZP: return Zp;
  case UTF8PROC_CATEGORY_CC: return Cc;
  case UTF8PROC_CATEGORY_CF: return Cf;
  case UTF8PROC_CATEGORY_CS: return Cs;
  case UTF8PROC_CATEGORY_CO: return Co;
  default: return Cn;
    // clang-format on
  }
}

/// Pages of 128 code points; equal pages are one.
class Table {
public:
  Table() {
    std::vector<GeneralCategory> all(codesEnd, Cn);
    for (char32_t code = 0; code < unassignedFrom; ++code)
      all[code] = categoryOf(code);
    for (char32_t code = tagsFrom; code < tagsEnd; ++code)
      all[code] = categoryOf(code);
    for (char32_t code = privateFrom; code < codesEnd; ++code)
      all[code] = (code & 0xFFFF) < 0xFFFE ? Co : Cn;
    for (const Newer &range : newer)
      std::fill(all.begin() + range.first, all.begin() + range.last + 1, range.category);

    std::map<std::array<GeneralCategory, pageSize>, uint16_t> known;
    for (char32_t begin = 0; begin < codesEnd; begin += pageSize) {
      std::array<GeneralCategory, pageSize> page;
      std::copy_n(all.begin() + begin, pageSize, page.begin());
      auto [place, isNew] = known.emplace(page, static_cast<uint16_t>(known.size()));
      if (isNew)
        pages.insert(pages.end(), page.begin(), page.end());
      pageOf[begin / pageSize] = place->second;
    }
    for (char32_t begin = 0, code = 1; code <= codesEnd; ++code)
      if (code == codesEnd || all[code] != all[begin]) {
        runs.push_back({begin, code, all[begin]});
        begin = code;
      }
  }

  GeneralCategory get(char32_t code) const {
    return pages[pageOf[code / pageSize] * pageSize + code % pageSize];
  }

  std::vector<CategoryRun> runs;

private:
  static constexpr size_t pageSize = 128;
  std::array<uint16_t, codesEnd / pageSize> pageOf;
  std::vector<GeneralCategory> pages;
};

const Table &table() {
  static const Table made;
  return made;
}

} // namespace

GeneralCategory generalCategory(char32_t code) { return code < codesEnd ? table().get(code) : Cn; }

std::span<const CategoryRun> categoryRuns() { return table().runs; }

} // namespace weft::unicode
