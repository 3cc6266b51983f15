// From a word to tokens.
#pragma once

#include "runtime/text/Json.h"
#include "runtime/text/Tokenizer.h"
#include "runtime/text/Vocabulary.h"

#include <memory>
#include <string_view>
#include <vector>

namespace weft::text {

/// Immutable; may be used from any thread.
class Model {
public:
  virtual ~Model() = default;
  /// Appends the tokens of `word`, any bytes but at least one.
  virtual void tokenize(std::string_view word, std::vector<TokenId> &tokens) const = 0;
  virtual const Vocabulary &vocabulary() const = 0;
  /// Whether it has a token for each byte, so that no byte of the text is lost.
  virtual bool coversBytes() const { return false; }
};

Result<std::unique_ptr<Model>> makeModel(JsonValue value, std::string path);

} // namespace weft::text
