// Puts the special tokens around a sequence.
#pragma once

#include "runtime/text/tokenizer/Json.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <memory>
#include <vector>

namespace weft::text {

/// Which special tokens are put to a sequence.
enum class SpecialTokens {
  None,
  Before, // only those that begin it: it goes on
  Around,
};

/// Immutable; may be used from any thread.
class PostProcessor {
public:
  virtual ~PostProcessor() = default;
  virtual void process(std::vector<TokenId> &tokens, SpecialTokens added) const = 0;
  /// Appends the ids that it may add.
  virtual void appendTokens(std::vector<TokenId> &) const {}
};

Result<std::unique_ptr<PostProcessor>> makePostProcessor(JsonValue value, std::string path);

} // namespace weft::text
