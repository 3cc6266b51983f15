// Puts the special tokens around a sequence.
#pragma once

#include "runtime/text/tokenizer/Json.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <memory>
#include <vector>

namespace weft::text {

/// Immutable; may be used from any thread.
class PostProcessor {
public:
  virtual ~PostProcessor() = default;
  virtual void process(std::vector<TokenId> &tokens, bool addSpecial) const = 0;
  /// Appends the ids that it may add.
  virtual void appendTokens(std::vector<TokenId> &) const {}
};

Result<std::unique_ptr<PostProcessor>> makePostProcessor(JsonValue value, std::string path);

} // namespace weft::text
