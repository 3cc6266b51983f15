#include "frontend/gguf/GgufCheckpoint.h"

#include "frontend/gguf/GgufFile.h"
#include "frontend/gguf/GgufTokenizer.h"
#include "runtime/artifact/MappedFile.h"

namespace weft {

namespace {

class GgufCheckpoint final : public Checkpoint {
public:
  explicit GgufCheckpoint(MappedFile mapped) : mapped(std::move(mapped)) {}

  std::string_view format() const override { return "gguf"; }
  std::string_view family() const override { return architecture; }

  Result<void> read() {
    origin = mapped.path();
    Result<GgufFile> file = readGguf(mapped.bytes(), origin);
    if (!file)
      return failFrom(file);
    Result<GgufText> converted = convertGgufTokenizer(*file, origin);
    if (!converted)
      return failFrom(converted);
    tokenizer = std::move(converted->tokenizerJson);
    text = std::move(converted->defaults);

    values = std::move(file->values);
    std::erase_if(values, [](const auto &item) {
      bool isArray = std::holds_alternative<std::vector<int64_t>>(item.second) ||
                     std::holds_alternative<std::vector<double>>(item.second);
      return isArray && item.first.starts_with("tokenizer.");
    });
    Result<std::string> named = string("general.architecture");
    if (!named)
      return failFrom(named);
    architecture = *named;
    Result<int64_t> parts = integer("split.count", 1);
    if (!parts)
      return failFrom(parts);
    if (*parts > 1)
      return fail("'" + origin + "': expected a whole model, found one of " +
                  std::to_string(*parts) + " parts; join them with `llama-gguf-split --merge`");

    for (GgufTensor &tensor : file->tensors) {
      std::string name(tensor.name);
      CheckpointTensor entry{name,           std::move(tensor.shape),
                             tensor.storage, mapped.bytes().subspan(tensor.offset, tensor.size),
                             origin,         tensor.offset};
      table.emplace(std::move(name), std::move(entry));
    }
    return {};
  }

private:
  MappedFile mapped;
  std::string architecture;
};

} // namespace

Result<std::unique_ptr<Checkpoint>> openGguf(const std::string &path) {
  Result<MappedFile> mapped = MappedFile::open(path);
  if (!mapped)
    return failFrom(mapped);
  auto checkpoint = std::make_unique<GgufCheckpoint>(std::move(*mapped));
  if (Result<void> read = checkpoint->read(); !read)
    return failFrom(read);
  return checkpoint;
}

} // namespace weft
