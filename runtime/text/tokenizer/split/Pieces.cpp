#include "runtime/text/tokenizer/split/Pieces.h"

namespace weft::text {

void Pieces::addText(std::string_view added, bool startsInput, std::span<const Span> from) {
  if (added.empty())
    return;
  const size_t begin = text.size();
  text += added;
  if (tracks)
    origins.insert(origins.end(), from.begin(), from.end());
  pieces.push_back({begin, text.size(), -1, startsInput});
}

void Pieces::addToken(TokenId token, Span origin) {
  const size_t begin = text.size();
  if (tracks) {
    text += '\0';
    origins.push_back(origin);
  }
  pieces.push_back({begin, text.size(), token, false});
}

} // namespace weft::text
