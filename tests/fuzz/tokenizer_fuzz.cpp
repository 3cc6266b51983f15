// Any bytes as a tokenizer.json, and any bytes as a text: no crash, errors of one line, and
// streaming that gives what decode() gives. The input is the JSON, a zero byte, and the text.
#include "Fuzz.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <string>

using namespace weft::fuzz;
using weft::text::StreamDecoder;
using weft::text::TokenId;
using weft::text::Tokenizer;

static void checkText(const Tokenizer &tokenizer, std::string_view text) {
  const std::vector<TokenId> ids = tokenizer.encode(text);
  for (TokenId id : ids)
    require(id >= 0 && static_cast<size_t>(id) < tokenizer.vocabularySize());
  for (bool skipSpecial : {true, false}) {
    auto whole = tokenizer.decode(ids, skipSpecial);
    require(whole.has_value() && tokenizer.decodeBytes(ids, skipSpecial).has_value());
    StreamDecoder decoder(tokenizer, skipSpecial);
    std::string pieces;
    for (TokenId id : ids)
      pieces += decoder.push(id).value();
    pieces += decoder.finish();
    require(pieces == *whole);
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string_view input = textOf(data, size);
  const size_t zero = input.find('\0');
  const std::string_view json = input.substr(0, zero);
  auto tokenizer = Tokenizer::fromJson(json);
  if (!tokenizer) {
    requireOneLine(tokenizer.error());
    return 0;
  }
  checkText(**tokenizer, zero == std::string_view::npos ? json : input.substr(zero + 1));
  return 0;
}
