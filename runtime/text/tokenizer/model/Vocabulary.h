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

/// A two-way table. Immutable once read; may be used from any thread.
class Vocabulary {
public:
  /// Reads an object of token and id. Ids may leave holes but not repeat.
  static Result<Vocabulary> read(const Fields &fields, std::string_view key);
  /// Ids count from 0 in the order of `tokens`, all different. `path` names the list in errors.
  static Result<Vocabulary> of(std::span<const std::string_view> tokens, const std::string &path);

  /// The largest id plus one.
  size_t size() const { return places.size(); }
  /// -1 where there is none.
  TokenId find(std::string_view token) const;
  /// Empty where there is none.
  std::string_view token(TokenId id) const;
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

  /// All tokens, one after the other.
  std::string texts;
  /// By id.
  std::vector<Place> places;
  /// Open addressing, a power of two of them.
  std::vector<Slot> slots;
};

} // namespace weft::text
