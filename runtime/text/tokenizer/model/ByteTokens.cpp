#include "runtime/text/tokenizer/model/ByteTokens.h"

#include <algorithm>

namespace weft::text {

ByteTokens::ByteTokens(const Vocabulary &vocabulary) {
  constexpr char digits[] = "0123456789ABCDEF";
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char name[] = {'<', '0', 'x', digits[byte >> 4], digits[byte & 15], '>'};
    ids[byte] = vocabulary.find({name, sizeof(name)});
  }
}

bool ByteTokens::coverAll() const {
  return std::ranges::all_of(ids, [](TokenId id) { return id >= 0; });
}

bool ByteTokens::append(std::string_view bytes, std::vector<TokenId> &tokens) const {
  auto idOf = [this](char byte) { return ids[static_cast<unsigned char>(byte)]; };
  if (!std::ranges::all_of(bytes, [&](char byte) { return idOf(byte) >= 0; }))
    return false;
  std::ranges::transform(bytes, std::back_inserter(tokens), idOf);
  return true;
}

} // namespace weft::text
