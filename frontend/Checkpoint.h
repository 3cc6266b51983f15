// A trained model as some tool left it: one interface over every file format.
#pragma once

#include "ir/storage/Storage.h"
#include "runtime/base/Error.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace weft {

/// A named matrix or vector of a checkpoint; its bytes are mapped, never copied.
struct CheckpointTensor {
  std::string name;
  /// Outermost dimension first, as PyTorch prints it; a GGUF file's order is reversed.
  std::vector<int64_t> shape;
  Storage storage;
  /// Exactly storage.bytes(product of all but the last dimension, last dimension) bytes
  /// (a scalar, of shape {}, is one row of one column), not aligned for anything, valid as
  /// long as the Checkpoint lives.
  std::span<const std::byte> data;
  /// Where the bytes come from, for messages and for provenance.
  std::string file;
  uint64_t offset = 0;
  /// All bytes of that file, as it was when it was opened.
  std::span<const std::byte> whole = {};
};

/// A value of a checkpoint's configuration.
using MetadataValue =
    std::variant<bool, int64_t, double, std::string, std::vector<int64_t>, std::vector<double>>;

/// What generation needs beside the tokenizer itself.
struct TextDefaults {
  /// Ids that end a sequence; may be empty.
  std::vector<int32_t> endIds;
  /// Begin-of-sequence id, or -1. Informative: what is put before a prompt is decided by
  /// the post-processor of the tokenizer.
  int32_t beginId = -1;
  /// Jinja source, or empty.
  std::string chatTemplate;
  /// What the chat template knows as bos_token and eos_token; may be empty.
  std::string beginToken, endToken;
};

/// Owns the mapped files. Immutable once open; may be read from any thread.
class Checkpoint {
public:
  virtual ~Checkpoint() = default;

  /// "huggingface" or "gguf": selects the names that a family uses for its tensors.
  virtual std::string_view format() const = 0;
  /// The family as the checkpoint names it: `model_type` of config.json ("llama",
  /// "gpt2"), `general.architecture` of GGUF.
  virtual std::string_view family() const = 0;

  /// Hyper-parameters under the format's own keys. Nested JSON is flattened with dots
  /// ("rope_scaling.factor"); GGUF keys are as in the file ("llama.block_count"), without
  /// the tokenizer's arrays and arrays of strings. A JSON array that is not all numbers or
  /// all booleans is flattened with its indices ("layer_types.0"). Booleans in arrays are
  /// 0 and 1. An integer that int64_t cannot hold is a double. JSON nulls are left out.
  const std::map<std::string, MetadataValue, std::less<>> &metadata() const { return values; }

  /// Typed look-ups. An error names the key, what was expected and what was found.
  Result<int64_t> integer(std::string_view key) const;
  Result<double> number(std::string_view key) const;
  Result<std::string> string(std::string_view key) const;
  /// The same with a default for a key that is absent; a wrong type is still an error.
  Result<int64_t> integer(std::string_view key, int64_t otherwise) const;
  Result<double> number(std::string_view key, double otherwise) const;
  Result<bool> boolean(std::string_view key, bool otherwise) const;

  /// Tensors of a supported type by name, in a fixed order.
  const std::map<std::string, CheckpointTensor, std::less<>> &tensors() const { return table; }
  /// nullptr where there is no tensor of that name, or where its type is not supported.
  const CheckpointTensor *find(std::string_view name) const;
  /// Whether there is a tensor of that name, of whatever type. Ask this whether an optional
  /// tensor is there, then get it by tensor(), which explains a type it cannot give.
  bool contains(std::string_view name) const;
  /// The tensor, which must have this shape. Errors name the tensor and both shapes, or
  /// the type that is not supported.
  Result<const CheckpointTensor *> tensor(std::string_view name,
                                          std::span<const int64_t> shape) const;

  /// The tokenizer as the text of a Hugging Face `tokenizer.json`; formats that store
  /// theirs differently are converted, exactly. Empty where the checkpoint has none.
  const std::string &tokenizerJson() const { return tokenizer; }
  const TextDefaults &textDefaults() const { return text; }
  /// Path as the user wrote it.
  const std::string &path() const { return origin; }

protected:
  std::map<std::string, MetadataValue, std::less<>> values;
  std::map<std::string, CheckpointTensor, std::less<>> table;
  /// Tensors of unsupported types: name to the type's name.
  std::map<std::string, std::string, std::less<>> unsupported;
  std::string tokenizer;
  TextDefaults text;
  std::string origin;
};

/// Opens a Hugging Face directory or a GGUF file, whichever `path` is. The contents are
/// treated as hostile: every size and offset is checked before use. Errors name the file
/// and the place.
Result<std::unique_ptr<Checkpoint>> openCheckpoint(const std::string &path);

} // namespace weft
