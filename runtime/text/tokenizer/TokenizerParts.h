// The components that a tokenizer.json assembles.
#pragma once

#include "runtime/text/tokenizer/AddedTokens.h"
#include "runtime/text/tokenizer/PostProcessor.h"
#include "runtime/text/tokenizer/Tokenizer.h"
#include "runtime/text/tokenizer/decode/TextDecoder.h"
#include "runtime/text/tokenizer/model/SubwordModel.h"
#include "runtime/text/tokenizer/normalize/Normalizer.h"
#include "runtime/text/tokenizer/split/PreTokenizer.h"

namespace weft::text {

/// Null components do nothing; there is always a model and a decoder.
struct Tokenizer::Impl {
  std::unique_ptr<Normalizer> normalizer;
  std::unique_ptr<PreTokenizer> preTokenizer;
  std::unique_ptr<SubwordModel> model;
  std::unique_ptr<PostProcessor> postProcessor;
  std::unique_ptr<TextDecoder> decoder;
  AddedTokens added;
  /// Whether every byte has a token, so that any text round-trips.
  bool keepsBytes = false;

  /// Makes everything from the parsed file. Errors name the part.
  Result<void> read(const JsonValue &root);
  /// Puts what the model is to tokenize, and the added tokens between, into `pieces`, which
  /// track origins where `origins`, those of `text`, is not null.
  void cut(std::string_view text, const Origins *origins, Pieces &pieces) const;
  std::vector<TokenId> encode(std::string_view text, SpecialTokens special) const;
  /// Whether the normalized beginning of the input still comes from its first character, which
  /// decides where a prefix is put. `begin` is the text before the first added token.
  bool keepsBeginning(std::string_view begin) const;
  size_t size() const { return std::max(model->size(), added.size()); }
};

/// One decoding: tokens in, text out.
class Decoding {
public:
  Decoding(const Tokenizer::Impl &parts, bool skipSpecial, InvalidBytes invalid);
  /// Goes on from where the other one is.
  Decoding(const Decoding &other);

  /// Decodes one more token. An id outside the vocabulary is an error and changes nothing.
  Result<void> push(TokenId id);
  void finish() { stages->finish(); }
  /// The text since the last take().
  std::string take();

private:
  const Tokenizer::Impl &parts;
  bool skipSpecial;
  /// The last stage keeps a reference to it.
  std::unique_ptr<std::string> out;
  std::unique_ptr<DecodingStage> stages;
};

} // namespace weft::text
