#include "frontend/gguf/GgufCheckpoint.h"

#include "frontend/gguf/GgufFile.h"
#include "frontend/gguf/GgufParts.h"
#include "frontend/gguf/GgufTokenizer.h"
#include "runtime/base/MappedFile.h"
#include "runtime/base/Quotes.h"

#include <fmt/format.h>

namespace weft {

namespace {

class GgufCheckpoint final : public Checkpoint {
public:
  std::string_view format() const override { return "gguf"; }
  std::string_view family() const override { return architecture; }

  /// The first file says what the model is, the others have nothing but tensors.
  Result<void> read(const std::string &path) {
    origin = path;
    Result<GgufFile> first = map(path);
    if (!first)
      return failFrom(first);
    if (int64_t part = partOf(*first); part > 0)
      return fail(
          fmt::format("'{}': expected the first part of a model, found part {}", path, part + 1));
    Result<GgufText> converted = convertGgufTokenizer(*first, origin);
    if (!converted)
      return failFrom(converted);
    tokenizer = std::move(converted->tokenizerJson);
    text = std::move(converted->defaults);

    values = std::move(first->values);
    std::erase_if(values, [](const auto &item) {
      bool isArray = std::holds_alternative<std::vector<int64_t>>(item.second) ||
                     std::holds_alternative<std::vector<double>>(item.second);
      return isArray && item.first.starts_with("tokenizer.");
    });
    Result<std::string> named = string("general.architecture");
    if (!named)
      return failFrom(named);
    architecture = *named;
    if (auto added = add(first->tensors); !added)
      return added;
    return readOthers();
  }

private:
  Result<GgufFile> map(const std::string &path) {
    Result<MappedFile> opened = MappedFile::open(path);
    if (!opened)
      return failFrom(opened);
    mapped.push_back(std::move(*opened));
    return readGguf(mapped.back().bytes(), path);
  }

  /// Counted from 0; -1 for a file that is no part.
  static int64_t partOf(const GgufFile &file) {
    auto found = file.values.find("split.no");
    const auto *number =
        found == file.values.end() ? nullptr : std::get_if<int64_t>(&found->second);
    return number ? *number : -1;
  }

  /// The tensors of the file that was mapped last.
  Result<void> add(std::vector<GgufTensor> &tensors) {
    const MappedFile &file = mapped.back();
    for (GgufTensor &tensor : tensors) {
      std::string name(tensor.name);
      CheckpointTensor entry{name,           std::move(tensor.shape),
                             tensor.storage, file.bytes().subspan(tensor.offset, tensor.size),
                             file.path(),    tensor.offset,
                             file.bytes()};
      if (auto [place, isNew] = table.emplace(name, std::move(entry)); !isNew)
        return fail(fmt::format("'{}': tensor {} is in '{}' as well", file.path(), inQuotes(name),
                                place->second.file));
    }
    return {};
  }

  Result<void> readOthers() {
    Result<int64_t> count = integer("split.count", 1), whole = integer("split.tensors.count", -1);
    if (!count || !whole)
      return failFrom(count ? whole : count);
    if (*count <= 1)
      return {};
    Result<std::vector<std::string>> paths = ggufParts(origin, *count);
    if (!paths)
      return failFrom(paths);
    for (size_t part = 1; part < paths->size(); ++part) {
      Result<GgufFile> file = map((*paths)[part]);
      if (!file)
        return fail(fmt::format("part {} of {}: {}", part + 1, *count, file.error().message));
      if (partOf(*file) != int64_t(part))
        return fail(
            fmt::format("'{}': expected part {} of a model, 'split.no' = {}, found another file",
                        (*paths)[part], part + 1, part));
      if (auto added = add(file->tensors); !added)
        return added;
    }
    if (*whole >= 0 && uint64_t(*whole) != table.size())
      return fail(fmt::format("'{}': expected {} tensors in {} parts, found {}", origin, *whole,
                              *count, table.size()));
    return {};
  }

  std::vector<MappedFile> mapped; // the parts
  std::string architecture;
};

} // namespace

Result<std::unique_ptr<Checkpoint>> openGguf(const std::string &path) {
  auto checkpoint = std::make_unique<GgufCheckpoint>();
  if (Result<void> read = checkpoint->read(path); !read)
    return failFrom(read);
  return checkpoint;
}

} // namespace weft
