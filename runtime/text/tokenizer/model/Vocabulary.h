// The tokens of a model and their ids.
#pragma once

#include "runtime/text/tokenizer/Json.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft::text {

/// A table from tokens to ids and back. Immutable once read; may be used from any thread.
class Vocabulary {
public:
  /// Reads the field `key`, an object from tokens to ids. Ids may have gaps but no duplicates.
  /// Errors name the place.
  static Result<Vocabulary> read(const Fields &fields, std::string_view key);
  /// Makes a vocabulary whose ids count from 0 in the order of `tokens`. `path` names the list in
  /// errors. Errors: a duplicate.
  static Result<Vocabulary> of(std::span<const std::string_view> tokens, const std::string &path);

  /// Returns the largest id plus one.
  size_t size() const { return places.size(); }
  /// Returns the id of a token, or -1.
  TokenId find(std::string_view token) const;
  /// Returns the token of an id, empty if there is none.
  std::string_view token(TokenId id) const;
  /// Says whether `id` is used.
  bool has(TokenId id) const {
    return id >= 0 && static_cast<size_t>(id) < size() && places[static_cast<size_t>(id)].used;
  }

private:
  struct Place {
    uint32_t begin;
    uint32_t length : 31;
    uint32_t used : 1;
  };
  struct Slot {
    uint32_t hash;
    TokenId id;
  };
  void reserve(size_t tokens, size_t bytes, TokenId largest);
  Result<void> add(std::string_view token, TokenId id, const std::string &path);
  static uint32_t hashOf(std::string_view token);
  size_t slotOf(std::string_view token, uint32_t hash) const;

  /// The bytes of all tokens.
  std::string texts;
  /// Indexed by id.
  std::vector<Place> places;
  /// A hash table with open addressing; its size is a power of two.
  std::vector<Slot> slots;
};

} // namespace weft::text
