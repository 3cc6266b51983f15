// The components of a tokenizer.
#pragma once

#include "runtime/text/tokenizer/AddedTokens.h"
#include "runtime/text/tokenizer/PostProcessor.h"
#include "runtime/text/tokenizer/Tokenizer.h"
#include "runtime/text/tokenizer/decode/TextDecoder.h"
#include "runtime/text/tokenizer/model/SubwordModel.h"
#include "runtime/text/tokenizer/normalize/Normalizer.h"
#include "runtime/text/tokenizer/split/PreTokenizer.h"

namespace weft::text {

/// The components of a tokenizer.json. A null component does nothing; model and decoder are never
/// null.
struct Tokenizer::Impl {
  std::unique_ptr<Normalizer> normalizer;
  std::unique_ptr<PreTokenizer> preTokenizer;
  std::unique_ptr<SubwordModel> model;
  std::unique_ptr<PostProcessor> postProcessor;
  std::unique_ptr<TextDecoder> decoder;
  AddedTokens added;
  /// Whether every byte has a token, so that any bytes survive encoding and decoding.
  bool keepsBytes = false;

  /// Makes all components from the parsed file. Errors name the part.
  Result<void> read(const JsonValue &root);
  /// Splits `text` into added tokens and words for the model, and appends them to `pieces`. If
  /// `origins`, which has the origins of `text`, is not null, `pieces` must track origins.
  void cut(std::string_view text, const Origins *origins, Pieces &pieces) const;
  std::vector<TokenId> encode(std::string_view text, SpecialTokens special) const;
  /// Says whether the normalized beginning of the input still comes from its first character, which
  /// decides where a prefix is inserted. `begin` is the text before the first added token.
  bool keepsBeginning(std::string_view begin) const;
  size_t size() const { return std::max(model->size(), added.size()); }
};

/// One decoding of tokens to text. Not thread-safe.
class Decoding {
public:
  Decoding(const Tokenizer::Impl &parts, bool skipSpecial, InvalidBytes invalid);
  /// Makes an independent copy.
  Decoding(const Decoding &other);

  /// Decodes one more token. Errors: an id outside the vocabulary; nothing changes then.
  Result<void> push(TokenId id);
  void finish() { stages->finish(); }
  /// Returns the text since the last take().
  std::string take();

private:
  const Tokenizer::Impl &parts;
  bool skipSpecial;
  /// The last stage keeps a reference to it.
  std::unique_ptr<std::string> out;
  std::unique_ptr<DecodingStage> stages;
};

} // namespace weft::text
