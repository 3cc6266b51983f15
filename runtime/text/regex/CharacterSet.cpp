#include "runtime/text/regex/CharacterSet.h"

#include <algorithm>

namespace weft::regex {

CharacterSet CharacterSet::range(char32_t first, char32_t last) {
  CharacterSet set;
  if (first <= last && last < codesEnd)
    set.list.push_back({first, last + 1});
  return set;
}

CharacterSet CharacterSet::ofCategories(unicode::CategorySet categories) {
  CharacterSet set;
  for (const unicode::CategoryRun &run : unicode::categoryRuns())
    if (unicode::bit(run.category) & categories) {
      if (!set.list.empty() && set.list.back().end == run.begin)
        set.list.back().end = run.end;
      else
        set.list.push_back({run.begin, run.end});
    }
  return set;
}

CharacterSet CharacterSet::whitespace() {
  CharacterSet set = ofCategories(unicode::separators) | range('\t', '\r');
  return set | of(U'\x85');
}

CharacterSet CharacterSet::word(bool insideClass) {
  using enum unicode::GeneralCategory;
  CharacterSet set = ofCategories(unicode::letters | unicode::marks | unicode::bits(Nd, Nl, Pc)) |
                     range(0x24B6, 0x24E9);
  set |= range(0x1F130, 0x1F149) | range(0x1F150, 0x1F169);
  set |= range(0x1F170, 0x1F189);
  if (!insideClass)
    set |= range(0xB2, 0xB3) | of(U'\xB9') | range(0xBC, 0xBE);
  return set;
}

CharacterSet CharacterSet::han() {
  constexpr Range blocks[] = {
      {0x2E80, 0x2E9A},   {0x2E9B, 0x2EF4},   {0x2F00, 0x2FD6},   {0x3005, 0x3006},
      {0x3007, 0x3008},   {0x3021, 0x302A},   {0x3038, 0x303C},   {0x3400, 0x4DC0},
      {0x4E00, 0xA000},   {0xF900, 0xFA6E},   {0xFA70, 0xFADA},   {0x16FE2, 0x16FE4},
      {0x16FF0, 0x16FF2}, {0x20000, 0x2A6E0}, {0x2A700, 0x2B73A}, {0x2B740, 0x2B81E},
      {0x2B820, 0x2CEA2}, {0x2CEB0, 0x2EBE1}, {0x2EBF0, 0x2EE5E}, {0x2F800, 0x2FA1E},
      {0x30000, 0x3134B}, {0x31350, 0x323B0},
  };
  CharacterSet set;
  set.list.assign(std::begin(blocks), std::end(blocks));
  return set;
}

bool CharacterSet::contains(char32_t code) const {
  auto after = std::ranges::upper_bound(list, code, {}, &Range::begin);
  return after != list.begin() && code < std::prev(after)->end;
}

CharacterSet &CharacterSet::operator|=(const CharacterSet &other) {
  std::vector<Range> both;
  both.reserve(list.size() + other.list.size());
  std::ranges::merge(list, other.list, std::back_inserter(both), {}, &Range::begin, &Range::begin);
  list.clear();
  for (const Range &range : both) {
    if (!list.empty() && range.begin <= list.back().end)
      list.back().end = std::max(list.back().end, range.end);
    else
      list.push_back(range);
  }
  return *this;
}

CharacterSet &CharacterSet::operator&=(const CharacterSet &other) {
  CharacterSet either = complement();
  either |= other.complement();
  return *this = either.complement();
}

CharacterSet CharacterSet::complement() const {
  CharacterSet set;
  char32_t begin = 0;
  for (const Range &range : list) {
    if (begin < range.begin)
      set.list.push_back({begin, range.begin});
    begin = range.end;
  }
  if (begin < codesEnd)
    set.list.push_back({begin, codesEnd});
  return set;
}

} // namespace weft::regex
