// Any bytes as a SentencePiece model and as a vocabulary of tiktoken: no crash, errors of one
// line, and what is read is a tokenizer.json that loads or says why not.
#include "Fuzz.h"
#include "runtime/text/formats/SentencePieceModel.h"
#include "runtime/text/formats/Tiktoken.h"
#include "runtime/text/tokenizer/Tokenizer.h"

using namespace weft::fuzz;
using weft::text::Tokenizer;

static void check(const weft::Result<std::string> &json) {
  if (!json)
    return requireOneLine(json.error());
  auto tokenizer = Tokenizer::fromJson(*json);
  if (tokenizer)
    (*tokenizer)->encode("the quick \xFF brown fox <s> 1234");
  else
    requireOneLine(tokenizer.error());
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string_view input = textOf(data, size);
  check(weft::text::sentencePieceAsJson(input));
  check(weft::text::tiktokenAsJson(input, "gpt2"));
  return 0;
}
