#include "runtime/text/tokenizer/model/WordLevel.h"

namespace weft::text {

Result<std::unique_ptr<SubwordModel>> WordLevel::make(const Fields &fields, unsigned) {
  auto made = std::make_unique<WordLevel>();
  auto vocab = Vocabulary::read(fields, "vocab");
  if (!vocab)
    return failFrom(vocab);
  made->vocab = std::move(*vocab);
  auto unknown = readUnknown(fields, made->vocab, "<unk>");
  if (!unknown)
    return failFrom(unknown);
  made->unknown = *unknown;
  return made;
}

} // namespace weft::text
