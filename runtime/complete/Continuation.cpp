#include "runtime/complete/Continuation.h"

#include <algorithm>

namespace weft::complete {

Result<void> PromptText::set(std::span<const int32_t> prompt) {
  const bool goesOn =
      prompt.size() >= ids.size() && std::ranges::equal(ids, prompt.first(ids.size()));
  if (!goesOn) {
    decoder = text::StreamDecoder(tokenizer);
    ids.clear();
  }
  for (int32_t id : prompt.subspan(ids.size())) {
    if (auto piece = decoder.push(id); !piece) {
      decoder = text::StreamDecoder(tokenizer);
      ids.clear();
      withheld.clear();
      return failFrom(piece);
    }
    ids.push_back(id);
  }
  withheld = decoder.fork().finish();
  return {};
}

Continuation::Continuation(const PromptText &prompt, StopStrings stops)
    : tokenizer(&prompt.tokenizer), decoder(prompt.decoder.fork()), stops(std::move(stops)),
      withheld(prompt.withheld) {}

Continuation::Continuation(const Continuation &other)
    : tokenizer(other.tokenizer), decoder(other.decoder.fork()), stops(other.stops),
      atSpecial(other.atSpecial), withheld(other.withheld), pushed(other.pushed),
      whole(other.whole) {}

Result<std::string> Continuation::push(int32_t id) {
  if (tokenizer->isSpecial(id) && stops.contain(tokenizer->token(id))) {
    pushed.push_back(id);
    atSpecial = true;
    return std::string();
  }
  auto piece = decoder.push(id);
  if (!piece)
    return piece;
  pushed.push_back(id);
  return add(std::move(*piece));
}

std::string Continuation::finish() {
  std::string last = add(decoder.finish());
  return last + say(stops.finish());
}

/// Takes from the front of `piece` what is the prompt's.
std::string Continuation::add(std::string piece) {
  const auto same = size_t(std::ranges::mismatch(piece, withheld).in1 - piece.begin());
  if (same < withheld.size() && same < piece.size()) {
    withheld.clear(); // it came out as something else, so it is new
  } else {
    piece.erase(0, same);
    withheld.erase(0, same);
  }
  return say(stops.push(piece));
}

std::string Continuation::say(std::string piece) {
  whole += piece;
  return piece;
}

} // namespace weft::complete
