// Adds special tokens before and after a text's tokens.
#pragma once

#include "runtime/text/tokenizer/Json.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <memory>
#include <vector>

namespace weft::text {

/// Which special tokens to add.
enum class SpecialTokens {
  None,
  Before, // only those before the text, as it will be continued
  Around,
};

/// A post-processor. Immutable; may be used from any thread.
class PostProcessor {
public:
  virtual ~PostProcessor() = default;
  /// Adds the special tokens to `tokens`.
  virtual void process(std::vector<TokenId> &tokens, SpecialTokens added) const = 0;
  /// Appends the ids of the tokens that it may add.
  virtual void appendTokens(std::vector<TokenId> &) const {}
};

/// Makes the post-processor that `value`, at `path` in the file, describes.
Result<std::unique_ptr<PostProcessor>> makePostProcessor(JsonValue value, std::string path);

} // namespace weft::text
