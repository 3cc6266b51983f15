#include "runtime/complete/Continuation.h"

#include "runtime/cli/terminal/Output.h"

#include <algorithm>

namespace weft::cli {

Continuation::Continuation(const text::Tokenizer &tokenizer, std::span<const int32_t> prompt,
                           StopStrings stops, bool quiet)
    : tokenizer(&tokenizer), decoder(tokenizer), stops(std::move(stops)), quiet(quiet) {
  // A token's text depends on what stands before it: the decoder must see the prompt.
  size_t released = 0;
  for (int32_t id : prompt) {
    auto piece = decoder.push(id);
    if (!piece)
      state = failFrom(piece);
    else
      released += piece->size();
  }
  if (auto whole = tokenizer.decode(prompt); whole && whole->size() > released)
    held = whole->substr(released);
}

bool Continuation::push(int32_t id) {
  ids.push_back(id);
  if (tokenizer->isSpecial(id) && stops.contain(tokenizer->token(id)))
    return false;
  auto piece = decoder.push(id);
  if (piece)
    add(std::move(*piece));
  else
    state = failFrom(piece);
  return stops.found() == nullptr;
}

void Continuation::finish() {
  add(decoder.finish());
  write(stops.finish());
}

bool Continuation::wanted() const { return state.has_value() && !outputClosed(); }

void Continuation::add(std::string piece) {
  dropHeld(piece);
  write(stops.push(piece));
}

void Continuation::write(const std::string &piece) {
  text += piece;
  if (!quiet && wanted() && !piece.empty())
    state = writeOutput(piece);
}

/// Takes from the front of `piece` what is the prompt's.
void Continuation::dropHeld(std::string &piece) {
  const auto same = size_t(std::ranges::mismatch(piece, held).in1 - piece.begin());
  if (same < held.size() && same < piece.size()) {
    held.clear(); // it came out as something else, so it is new
    return;
  }
  piece.erase(0, same);
  held.erase(0, same);
}

} // namespace weft::cli
