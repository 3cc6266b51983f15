#include "runtime/text/train/unigram/SeedPieces.h"

#include <algorithm>
#include <divsufsort.h>
#include <limits>
#include <unordered_map>

namespace weft::text {

namespace {

/// Parts the texts; no byte of UTF-8.
constexpr unsigned char separator = 0xFF;

bool continues(unsigned char byte) { return (byte & 0xC0) == 0x80; }

/// All texts, one after the other, in the order of their suffixes.
class Suffixes {
public:
  explicit Suffixes(const std::vector<CountedText> &texts) : texts(texts) {}

  Result<void> sort() {
    size_t size = 0;
    for (const CountedText &text : texts)
      size += text.text.size() + 1;
    if (size > static_cast<size_t>(std::numeric_limits<int32_t>::max()))
      return fail("expected less than 2 GiB of distinct words, found " + std::to_string(size) +
                  " bytes");
    bytes.reserve(size);
    for (uint32_t i = 0; i < texts.size(); ++i) {
      bytes += texts[i].text;
      bytes += static_cast<char>(separator);
      owner.resize(bytes.size(), i);
    }
    order.resize(size);
    if (divsufsort(reinterpret_cast<const sauchar_t *>(bytes.data()), order.data(),
                   static_cast<saidx_t>(size)) != 0)
      return fail("out of memory while suffixes were sorted");
    findShared();
    return {};
  }

  size_t size() const { return order.size(); }
  /// The suffix of this rank, to the end of its text.
  std::string_view suffix(size_t rank) const {
    const size_t begin = static_cast<size_t>(order[rank]);
    return std::string_view(bytes).substr(begin,
                                          bytes.find(static_cast<char>(separator), begin) - begin);
  }
  uint64_t count(size_t rank) const { return texts[owner[order[rank]]].count; }
  /// Bytes that the suffixes of this rank and the one before it begin with alike.
  uint32_t shared(size_t rank) const { return rank < size() ? sharedBytes[rank] : 0; }

private:
  /// Kasai et al. 2001.
  void findShared() {
    std::vector<int32_t> rank(size());
    for (size_t i = 0; i < size(); ++i)
      rank[order[i]] = static_cast<int32_t>(i);
    sharedBytes.resize(size());
    size_t length = 0;
    for (size_t at = 0; at < size(); ++at) {
      if (rank[at] == 0) {
        length = 0;
        continue;
      }
      const size_t before = order[rank[at] - 1];
      while (bytes[at + length] == bytes[before + length] &&
             static_cast<unsigned char>(bytes[at + length]) != separator)
        ++length;
      sharedBytes[rank[at]] = static_cast<uint32_t>(length);
      length -= length > 0;
    }
  }

  const std::vector<CountedText> &texts;
  std::string bytes;
  /// The text of each byte.
  std::vector<uint32_t> owner;
  std::vector<int32_t> order;
  std::vector<uint32_t> sharedBytes;
};

/// Keeps whole characters of substrings that may be pieces.
class Substrings {
public:
  explicit Substrings(size_t longest) : longest(longest) {}

  void add(std::string_view suffix, size_t length, uint64_t count) {
    if (suffix.empty() || continues(suffix.front()) || count < 2)
      return;
    while (length < suffix.size() && length > 0 && continues(suffix[length]))
      --length;
    const std::string_view text = suffix.substr(0, length);
    const size_t characters = charactersIn(text);
    if (characters < 2 || characters > longest)
      return;
    uint64_t &known = counts[text];
    known = std::max(known, count);
  }

  std::vector<SeedPiece> best(size_t most) const {
    struct Scored {
      uint64_t score;
      std::string_view text;
      uint64_t count;
    };
    std::vector<Scored> all;
    for (auto [text, count] : counts)
      all.push_back({count * charactersIn(text), text, count});
    std::ranges::sort(all, [](const Scored &a, const Scored &b) {
      return a.score != b.score ? a.score > b.score : a.text < b.text;
    });
    all.resize(std::min(all.size(), most));
    std::vector<SeedPiece> pieces;
    for (const Scored &piece : all)
      pieces.push_back({std::string(piece.text), piece.count});
    return pieces;
  }

private:
  static size_t charactersIn(std::string_view text) {
    return text.size() - std::ranges::count_if(text, continues);
  }
  size_t longest;
  std::unordered_map<std::string_view, uint64_t> counts;
};

} // namespace

Result<std::vector<SeedPiece>> seedPieces(const std::vector<CountedText> &texts, size_t longest,
                                          size_t most) {
  Suffixes suffixes(texts);
  if (auto done = suffixes.sort(); !done)
    return failFrom(done);
  Substrings found(longest);
  // The suffixes that begin alike are an interval; intervals lie inside each other, and the
  // open ones are a stack.
  struct Interval {
    uint32_t length;
    uint64_t count;
    /// Of its suffixes.
    size_t longest;
  };
  std::vector<Interval> open = {{0, 0, 0}};
  for (size_t rank = 0; rank < suffixes.size(); ++rank) {
    const std::string_view suffix = suffixes.suffix(rank);
    const uint32_t next = suffixes.shared(rank + 1);
    uint64_t count = suffixes.count(rank);
    size_t longest = suffix.size();
    while (open.back().length > next) {
      count += open.back().count;
      longest = std::max(longest, open.back().longest);
      if (longest > open.back().length)
        found.add(suffix, open.back().length, count);
      open.pop_back();
    }
    if (open.back().length == next) {
      open.back().count += count;
      open.back().longest = std::max(longest, open.back().longest);
    } else {
      open.push_back({next, count, longest});
    }
  }
  return found.best(most);
}

} // namespace weft::text
