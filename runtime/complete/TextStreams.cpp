#include "runtime/complete/TextStreams.h"

namespace weft::complete {

void TextStreams::tell(uint64_t sample, const Result<std::string> &piece) {
  if (!failure)
    return;
  if (!piece)
    failure = failFrom(piece);
  else if (callbacks.onText && !piece->empty())
    failure = callbacks.onText(sample, *piece);
}

bool TextStreams::take(const NewToken &token) {
  tell(token.sample, streams[token.sample].push(token.id));
  ++tokens;
  if (callbacks.onProgress)
    callbacks.onProgress(tokens);
  return !streams[token.sample].stopped();
}

void TextStreams::finish() {
  for (uint64_t i = 0; i < streams.size(); ++i)
    tell(i, streams[i].finish());
}

} // namespace weft::complete
