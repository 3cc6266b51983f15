#include "runtime/text/Vocabulary.h"

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
  vocabulary.texts.reserve(bytes);
  vocabulary.places.resize(static_cast<size_t>(largest + 1), Place{0, 0, 0});
  vocabulary.slots.resize(std::bit_ceil(2 * count + 1), Slot{0, -1});
  for (auto [token, element] : object) {
    const auto id = static_cast<TokenId>(element.get_int64().value_unsafe());
    const uint32_t hash = hashOf(token);
    Slot &slot = vocabulary.slots[vocabulary.slotOf(token, hash)];
    if (slot.id >= 0)
      return fail(path + ": token " + inQuotes(token) + " appears twice");
    Place &place = vocabulary.places[static_cast<size_t>(id)];
    if (place.used)
      return fail(path + ": id " + std::to_string(id) + " belongs both to " +
                  inQuotes(vocabulary.token(id)) + " and to " + inQuotes(token));
    slot = {hash, id};
    place.begin = static_cast<uint32_t>(vocabulary.texts.size());
    place.length = static_cast<uint32_t>(token.size()) & 0x7FFFFFFF;
    place.used = 1;
    vocabulary.texts += token;
  }
  return vocabulary;
}

} // namespace weft::text
