#include "runtime/text/tokenizer/model/Vocabulary.h"

#include <bit>
#include <functional>

namespace weft::text {

uint32_t Vocabulary::hashOf(std::string_view token) {
  const uint64_t hash = std::hash<std::string_view>{}(token);
  return static_cast<uint32_t>(hash ^ hash >> 32);
}

size_t Vocabulary::slotOf(std::string_view token, uint32_t hash) const {
  size_t slot = hash & (slots.size() - 1);
  while (slots[slot].id >= 0 && (slots[slot].hash != hash || this->token(slots[slot].id) != token))
    slot = (slot + 1) & (slots.size() - 1);
  return slot;
}

TokenId Vocabulary::find(std::string_view token) const {
  return slots.empty() ? -1 : slots[slotOf(token, hashOf(token))].id;
}

std::string_view Vocabulary::token(TokenId id) const {
  if (!has(id))
    return {};
  Place place = places[static_cast<size_t>(id)];
  return std::string_view(texts).substr(place.begin, place.length);
}

Result<Vocabulary> Vocabulary::read(const Fields &fields, std::string_view key) {
  auto value = fields.value(key);
  if (!value)
    return failFrom(value);
  const std::string path = fields.path(key);
  simdjson::dom::object object;
  if (value->get(object))
    return fail(path + ": expected an object of token and id");

  size_t count = 0, bytes = 0;
  TokenId largest = -1;
  for (auto [token, element] : object) {
    auto id = asTokenId(element, path);
    if (!id)
      return fail(path + "[" + inQuotes(token) + "]" + id.error().message.substr(path.size()));
    largest = std::max(largest, *id);
    bytes += token.size();
    ++count;
  }

  Vocabulary vocabulary;
  vocabulary.reserve(count, bytes, largest);
  for (auto [token, element] : object)
    if (auto done =
            vocabulary.add(token, static_cast<TokenId>(element.get_int64().value_unsafe()), path);
        !done)
      return failFrom(done);
  return vocabulary;
}

Result<Vocabulary> Vocabulary::of(std::span<const std::string_view> tokens,
                                  const std::string &path) {
  if (tokens.size() > static_cast<size_t>(maximumTokenId))
    return fail(path + ": expected at most " + std::to_string(maximumTokenId) + " tokens, found " +
                std::to_string(tokens.size()));
  size_t bytes = 0;
  for (std::string_view token : tokens)
    bytes += token.size();
  Vocabulary vocabulary;
  vocabulary.reserve(tokens.size(), bytes, static_cast<TokenId>(tokens.size()) - 1);
  for (size_t id = 0; id < tokens.size(); ++id)
    if (auto done = vocabulary.add(tokens[id], static_cast<TokenId>(id), path); !done)
      return failFrom(done);
  return vocabulary;
}

void Vocabulary::reserve(size_t tokens, size_t bytes, TokenId largest) {
  texts.reserve(bytes);
  places.resize(static_cast<size_t>(largest + 1), Place{0, 0, 0});
  slots.resize(std::bit_ceil(2 * tokens + 1), Slot{0, -1});
}

Result<void> Vocabulary::add(std::string_view token, TokenId id, const std::string &path) {
  const uint32_t hash = hashOf(token);
  Slot &slot = slots[slotOf(token, hash)];
  if (slot.id >= 0)
    return fail(path + ": token " + inQuotes(token) + " appears twice");
  Place &place = places[static_cast<size_t>(id)];
  if (place.used)
    return fail(path + ": id " + std::to_string(id) + " belongs both to " +
                inQuotes(this->token(id)) + " and to " + inQuotes(token));
  slot = {hash, id};
  place.begin = static_cast<uint32_t>(texts.size());
  place.length = static_cast<uint32_t>(token.size()) & 0x7FFFFFFF;
  place.used = 1;
  texts += token;
  return {};
}

} // namespace weft::text
