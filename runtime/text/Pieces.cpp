#include "runtime/text/Pieces.h"

namespace weft::text {

void Pieces::addText(std::string_view added, bool startsInput) {
  if (added.empty())
    return;
  size_t begin = text.size();
  text += added;
  pieces.push_back({begin, text.size(), -1, startsInput});
}

void Pieces::addToken(TokenId token) { pieces.push_back({text.size(), text.size(), token, false}); }

} // namespace weft::text
