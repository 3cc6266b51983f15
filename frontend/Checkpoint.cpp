#include "frontend/Checkpoint.h"

#include "frontend/TensorSize.h"
#include "frontend/gguf/GgufCheckpoint.h"
#include "frontend/huggingface/HuggingFaceDirectory.h"
#include "runtime/base/MappedFile.h"
#include "runtime/base/Quotes.h"

#include <algorithm>
#include <cstring>
#include <filesystem>

namespace weft {

namespace {

constexpr const char *namesOfTypes[] = {"a boolean", "an integer",         "a number",
                                        "a string",  "a list of integers", "a list of numbers"};
static_assert(std::size(namesOfTypes) == std::variant_size_v<MetadataValue>);

tl::unexpected<Error> wrongType(const std::string &path, std::string_view key, const char *expected,
                                const MetadataValue *found) {
  return fail("'" + path + "': expected " + inQuotes(key) + " to be " + expected + ", found " +
              (found ? namesOfTypes[found->index()] : "no such key"));
}

template <typename Map> auto *lookUp(const Map &map, std::string_view key) {
  auto at = map.find(key);
  return at == map.end() ? nullptr : &at->second;
}

} // namespace

Result<int64_t> Checkpoint::integer(std::string_view key) const {
  const MetadataValue *value = lookUp(values, key);
  if (value)
    if (auto *number = std::get_if<int64_t>(value))
      return *number;
  return wrongType(origin, key, "an integer", value);
}

Result<double> Checkpoint::number(std::string_view key) const {
  const MetadataValue *value = lookUp(values, key);
  if (value) {
    if (auto *number = std::get_if<double>(value))
      return *number;
    if (auto *number = std::get_if<int64_t>(value))
      return static_cast<double>(*number);
  }
  return wrongType(origin, key, "a number", value);
}

Result<std::string> Checkpoint::string(std::string_view key) const {
  const MetadataValue *value = lookUp(values, key);
  if (value)
    if (auto *text = std::get_if<std::string>(value))
      return *text;
  return wrongType(origin, key, "a string", value);
}

Result<int64_t> Checkpoint::integer(std::string_view key, int64_t otherwise) const {
  return values.contains(key) ? integer(key) : Result<int64_t>(otherwise);
}

Result<double> Checkpoint::number(std::string_view key, double otherwise) const {
  return values.contains(key) ? number(key) : Result<double>(otherwise);
}

Result<bool> Checkpoint::boolean(std::string_view key, bool otherwise) const {
  const MetadataValue *value = lookUp(values, key);
  if (!value)
    return otherwise;
  if (auto *flag = std::get_if<bool>(value))
    return *flag;
  return wrongType(origin, key, "a boolean", value);
}

const CheckpointTensor *Checkpoint::find(std::string_view name) const {
  return lookUp(table, name);
}

bool Checkpoint::contains(std::string_view name) const {
  return table.contains(name) || unsupported.contains(name);
}

Result<const CheckpointTensor *> Checkpoint::tensor(std::string_view name,
                                                    std::span<const int64_t> shape) const {
  const CheckpointTensor *tensor = find(name);
  if (!tensor) {
    if (const std::string *type = lookUp(unsupported, name))
      return fail("'" + origin + "': tensor " + inQuotes(name) + " is " + *type +
                  "; expected F32, F16 or BF16");
    return fail("'" + origin + "': expected a tensor " + inQuotes(name) + " of shape " +
                shapeText(shape) + ", found none of that name");
  }
  if (!std::ranges::equal(tensor->shape, shape))
    return fail("'" + tensor->file + "': expected tensor " + inQuotes(name) + " of shape " +
                shapeText(shape) + ", found " + shapeText(tensor->shape));
  return tensor;
}

namespace {

/// A file format: one more is one more line in `formats`.
struct Format {
  /// Whether `path`, which is a directory or else a file that begins with `head`, is of
  /// this format. Only looks at what identifies the format.
  bool (*takes)(bool isDirectory, std::string_view head);
  Result<std::unique_ptr<Checkpoint>> (*open)(const std::string &path);
};

constexpr Format formats[] = {
    {[](bool isDirectory, std::string_view) { return isDirectory; }, openHuggingFaceDirectory},
    {[](bool, std::string_view head) { return head.starts_with("GGUF"); }, openGguf},
};

} // namespace

Result<std::unique_ptr<Checkpoint>> openCheckpoint(const std::string &path) {
  std::error_code ignored;
  bool isDirectory = std::filesystem::is_directory(path, ignored);
  std::string head;
  if (!isDirectory) {
    Result<MappedFile> file = MappedFile::open(path);
    if (!file)
      return failFrom(file);
    std::span<const std::byte> bytes = file->bytes();
    bytes = bytes.first(std::min<size_t>(bytes.size(), 16));
    head.assign(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  }
  for (const Format &format : formats)
    if (format.takes(isDirectory, head))
      return format.open(path);
  std::string hint;
  if (path.ends_with(".safetensors"))
    hint = "; a safetensors file is opened by the directory that holds it and its config.json";
  return fail("cannot open '" + path +
              "': expected a Hugging Face directory or a GGUF file, found a file that begins "
              "with " +
              inQuotes(head) + hint);
}

} // namespace weft
