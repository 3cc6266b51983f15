// Any bytes as a GGUF file: no crash, no read outside them, no memory out of proportion.
// What is accepted must keep the promises of GgufFile.h.
#include "Fuzz.h"
#include "frontend/gguf/GgufFile.h"
#include "frontend/gguf/GgufTokenizer.h"

#include <nlohmann/json.hpp>

using namespace weft::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::span<const std::byte> bytes(reinterpret_cast<const std::byte *>(data), size);
  weft::Result<weft::GgufFile> gguf = weft::readGguf(bytes, "fuzz.gguf");
  if (!gguf) {
    requireOneLine(gguf.error());
    return 0;
  }
  for (const weft::GgufTensor &tensor : gguf->tensors) {
    require(tensor.offset <= size && tensor.size <= size - tensor.offset);
    require(tensor.shape.size() <= 4);
  }
  weft::Result<weft::GgufText> text = weft::convertGgufTokenizer(*gguf, "fuzz.gguf");
  if (!text)
    requireOneLine(text.error());
  else if (!text->tokenizerJson.empty())
    require(nlohmann::json::accept(text->tokenizerJson));
  return 0;
}
