#include "runtime/text/Model.h"

#include "runtime/text/Bpe.h"

namespace weft::text {

Result<std::unique_ptr<Model>> makeModel(JsonValue value, std::string path) {
  static constexpr Maker<Model> makers[] = {
      {"BPE", Bpe::make},
  };
  // Files from before models had a type hold merges, which only BPE has.
  auto fields = Fields::of(value, path);
  if (fields && !fields->has("type") && fields->has("merges"))
    return Bpe::make(*fields, 0);
  return makeComponent<Model>(makers, value, std::move(path));
}

} // namespace weft::text
