#include "frontend/huggingface/HuggingFaceDirectory.h"

#include "frontend/Json.h"
#include "frontend/huggingface/TokenizerFiles.h"
#include "frontend/safetensors/SafetensorsFile.h"
#include "runtime/base/MappedFile.h"
#include "runtime/base/Quotes.h"

#include <algorithm>
#include <filesystem>

namespace weft {

using nlohmann::json;

namespace {

constexpr size_t largestConfig = size_t(64) << 20;
/// A name and its shard take some hundred bytes; the largest models have some 10^5 tensors.
constexpr size_t largestIndex = size_t(256) << 20;

bool exists(const std::string &path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

double asDouble(const json &value) { return value.get<double>(); }

bool fitsInt64(const json &value) {
  return value.is_number_integer() &&
         !(value.is_number_unsigned() && value.get<uint64_t>() > uint64_t(INT64_MAX));
}

/// Turns JSON into metadata, its nesting into dots.
class Flattener {
public:
  explicit Flattener(std::map<std::string, MetadataValue, std::less<>> &values) : values(values) {}

  /// The key that two values have, or nothing. Recursion is limited by parseJson().
  std::string add(const std::string &key, const json &value) {
    auto below = [&](const std::string &name) { return key.empty() ? name : key + "." + name; };
    switch (value.type()) {
    case json::value_t::object:
      for (const auto &[name, item] : value.items())
        if (std::string twice = add(below(name), item); !twice.empty())
          return twice;
      return "";
    case json::value_t::array:
      if (std::ranges::all_of(
              value, [](const json &item) { return item.is_boolean() || fitsInt64(item); }))
        return set(key, listOf<int64_t>(value));
      if (std::ranges::all_of(value, [](const json &item) { return item.is_number(); }))
        return set(key, listOf<double>(value));
      for (size_t i = 0; i < value.size(); ++i)
        if (std::string twice = add(below(std::to_string(i)), value[i]); !twice.empty())
          return twice;
      return "";
    case json::value_t::string:
      return set(key, value.get<std::string>());
    case json::value_t::boolean:
      return set(key, value.get<bool>());
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
    case json::value_t::number_float:
      return fitsInt64(value) ? set(key, value.get<int64_t>()) : set(key, asDouble(value));
    default:
      return "";
    }
  }

private:
  template <typename T> static std::vector<T> listOf(const json &array) {
    std::vector<T> list;
    for (const json &item : array)
      list.push_back(item.is_boolean() ? T(item.get<bool>()) : item.get<T>());
    return list;
  }
  std::string set(const std::string &key, MetadataValue value) {
    return values.emplace(key, std::move(value)).second ? "" : key;
  }

  std::map<std::string, MetadataValue, std::less<>> &values;
};

/// Where each tensor is: the shard to its tensors' names.
using ShardIndex = std::map<std::string, std::vector<std::string>>;

Result<ShardIndex> readShardIndex(const std::string &file) {
  Result<json> index = parseJsonFile(file, largestIndex);
  if (!index)
    return failFrom(index);
  auto map = index->is_object() ? index->find("weight_map") : index->end();
  if (!index->is_object() || map == index->end() || !map->is_object())
    return fail("'" + file + "': expected an object 'weight_map'");
  ShardIndex shards;
  for (const auto &[name, shard] : map->items()) {
    std::string shardName = shard.is_string() ? shard.get<std::string>() : "";
    // A shard lies beside its index: a name must not lead out of the directory.
    if (shardName.empty() || shardName == "." || shardName == ".." ||
        shardName.find('/') != std::string::npos || shardName.find('\0') != std::string::npos)
      return fail("'" + file + "': tensor " + inQuotes(name) +
                  ": expected the name of a file in the directory, found " + inQuotes(shardName));
    shards[shardName].push_back(name);
  }
  return shards;
}

class HuggingFaceDirectory final : public Checkpoint {
public:
  std::string_view format() const override { return "huggingface"; }
  std::string_view family() const override { return modelType; }

  Result<void> open(const std::string &path) {
    origin = path;
    if (!exists(path + "/config.json"))
      return fail("'" + path + "': expected a Hugging Face model, found no config.json");
    Result<json> config = parseJsonFile(path + "/config.json", largestConfig);
    if (!config)
      return failFrom(config);
    if (!config->is_object())
      return fail("'" + path + "/config.json': expected a JSON object");
    if (std::string twice = Flattener(values).add("", *config); !twice.empty())
      return fail("'" + path + "/config.json': key " + inQuotes(twice) + " occurs twice");
    Result<std::string> type = string("model_type");
    if (!type)
      return fail("'" + path + "/config.json': expected 'model_type' to name the family");
    modelType = *type;

    Result<HuggingFaceText> side = readHuggingFaceText(path, *config);
    if (!side)
      return failFrom(side);
    tokenizer = std::move(side->tokenizerJson);
    text = std::move(side->defaults);
    return openWeights();
  }

private:
  Result<void> openWeights() {
    std::string single = "model.safetensors", index = single + ".index.json";
    if (exists(origin + "/" + single))
      return addShard(single, nullptr);
    if (exists(origin + "/" + index)) {
      Result<ShardIndex> shards = readShardIndex(origin + "/" + index);
      if (!shards)
        return failFrom(shards);
      for (const auto &[shard, names] : *shards)
        if (Result<void> added = addShard(shard, &names); !added)
          return added;
      return {};
    }
    std::string found = "none";
    if (exists(origin + "/pytorch_model.bin") || exists(origin + "/pytorch_model.bin.index.json"))
      found = "pytorch_model.bin, which is not read because it can run code; save the model as "
              "safetensors (save_pretrained(..., safe_serialization=True))";
    return fail("'" + origin + "': expected weights in " + single + " or " + index + ", found " +
                found);
  }

  /// Takes the tensors `names` of a shard, or all where it is null.
  Result<void> addShard(const std::string &shard, const std::vector<std::string> *names) {
    std::string path = origin + "/" + shard;
    Result<MappedFile> mapped = MappedFile::open(path);
    if (!mapped)
      return failFrom(mapped);
    files.push_back(std::move(*mapped));
    std::span<const std::byte> bytes = files.back().bytes();
    Result<std::vector<SafetensorsEntry>> entries = readSafetensors(bytes, path);
    if (!entries)
      return failFrom(entries);
    std::map<std::string_view, SafetensorsEntry *> byName;
    for (SafetensorsEntry &entry : *entries)
      byName[entry.name] = &entry;
    if (names)
      for (const std::string &name : *names)
        if (!byName.contains(name))
          return fail("'" + path + "': expected tensor " + inQuotes(name) +
                      ", which model.safetensors.index.json says is in it, found none");
    auto add = [&](SafetensorsEntry &entry) {
      if (!entry.storage) {
        unsupported.emplace(entry.name, quotedType(entry.dtype));
        return;
      }
      table.emplace(entry.name, CheckpointTensor{entry.name, std::move(entry.shape), *entry.storage,
                                                 bytes.subspan(entry.offset, entry.size), path,
                                                 entry.offset, bytes});
    };
    if (names)
      std::ranges::for_each(*names, [&](const std::string &name) { add(*byName[name]); });
    else
      std::ranges::for_each(*entries, add);
    return {};
  }

  /// "I64" bare; a type that is none of the format's, in quotes.
  static std::string quotedType(const std::string &type) {
    bool plain = type.size() < 16 && std::ranges::all_of(
                                         type,
                                         [](unsigned char c) {
                                           return (c >= 'A' && c <= 'Z') ||
                                                  (c >= '0' && c <= '9') || c == '_';
                                         });
    return plain ? type : inQuotes(type);
  }

  std::string modelType;
  std::vector<MappedFile> files;
};

} // namespace

Result<std::unique_ptr<Checkpoint>> openHuggingFaceDirectory(const std::string &path) {
  auto directory = std::make_unique<HuggingFaceDirectory>();
  if (Result<void> opened = directory->open(path); !opened)
    return failFrom(opened);
  return directory;
}

} // namespace weft
