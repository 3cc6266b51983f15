// A trained model as a checkpoint stores it: one interface for every file format.
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

/// A named matrix or vector of a checkpoint. Its bytes are mapped, never copied.
struct CheckpointTensor {
  std::string name;
  /// The shape, outermost dimension first, as PyTorch prints it; the order in a GGUF file is
  /// reversed.
  std::vector<int64_t> shape;
  Storage storage;
  /// The data: exactly storage.bytes(product of all but the last dimension, last dimension) bytes
  /// (a scalar, of shape {}, is one row of one column). They have no alignment and are valid as
  /// long as the Checkpoint lives.
  std::span<const std::byte> data;
  /// The file and the offset of the data, for messages and provenance.
  std::string file;
  uint64_t offset = 0;
  /// All bytes of that file, as it was when it was opened.
  std::span<const std::byte> whole = {};
};

/// A value of a checkpoint's configuration.
using MetadataValue =
    std::variant<bool, int64_t, double, std::string, std::vector<int64_t>, std::vector<double>>;

/// The settings of generation other than the tokenizer.
struct TextDefaults {
  /// Ids that end a sequence; may be empty.
  std::vector<int32_t> endIds;
  /// The begin-of-sequence id, or -1. For information only: the tokenizer's post-processor decides
  /// what precedes a prompt.
  int32_t beginId = -1;
  /// The chat template as Jinja source, or empty.
  std::string chatTemplate;
  /// The values of bos_token and eos_token in the chat template; may be empty.
  std::string beginToken, endToken;
};

/// An open checkpoint. It owns the mapped files. Immutable once open; may be read from any thread.
class Checkpoint {
public:
  virtual ~Checkpoint() = default;

  /// Returns the format, "huggingface" or "gguf". It selects the names that a family uses for its
  /// tensors.
  virtual std::string_view format() const = 0;
  /// Returns the family as the checkpoint names it: `model_type` of config.json ("llama", "gpt2"),
  /// or `general.architecture` of GGUF.
  virtual std::string_view family() const = 0;

  /// Returns the hyper-parameters under the format's own keys. Nested JSON is flattened with dots
  /// ("rope_scaling.factor"). GGUF keys are as in the file ("llama.block_count"), without the
  /// tokenizer's arrays and without arrays of strings. A JSON array that is not all numbers or all
  /// booleans is flattened with its indices ("layer_types.0"). Booleans in arrays are 0 and 1. An
  /// integer outside the range of int64_t is a double. JSON nulls are left out.
  const std::map<std::string, MetadataValue, std::less<>> &metadata() const { return values; }

  /// Return a hyper-parameter. Errors: the key is absent, or the value has another type; the
  /// message names the key, what was expected and what was found.
  Result<int64_t> integer(std::string_view key) const;
  Result<double> number(std::string_view key) const;
  Result<std::string> string(std::string_view key) const;
  /// The same with a default for an absent key; a wrong type is still an error.
  Result<int64_t> integer(std::string_view key, int64_t otherwise) const;
  Result<double> number(std::string_view key, double otherwise) const;
  Result<bool> boolean(std::string_view key, bool otherwise) const;

  /// Returns the tensors of supported types by name, in a fixed order.
  const std::map<std::string, CheckpointTensor, std::less<>> &tensors() const { return table; }
  /// Returns the tensor of that name; nullptr if there is none or its type is not supported.
  const CheckpointTensor *find(std::string_view name) const;
  /// Returns whether there is a tensor of that name, of any type. To read an optional tensor, call
  /// this first and then tensor(), whose error explains an unsupported type.
  bool contains(std::string_view name) const;
  /// Returns the tensor, which must have this shape. Errors: another shape (the message names the
  /// tensor and both shapes), or an unsupported type.
  Result<const CheckpointTensor *> tensor(std::string_view name,
                                          std::span<const int64_t> shape) const;

  /// Returns the tokenizer as the text of a Hugging Face `tokenizer.json`. Other formats'
  /// tokenizers are converted exactly. Empty if the checkpoint has none.
  const std::string &tokenizerJson() const { return tokenizer; }
  const TextDefaults &textDefaults() const { return text; }
  /// Returns the path as the user wrote it.
  const std::string &path() const { return origin; }

protected:
  std::map<std::string, MetadataValue, std::less<>> values;
  std::map<std::string, CheckpointTensor, std::less<>> table;
  /// The tensors of unsupported types: name to the type's name.
  std::map<std::string, std::string, std::less<>> unsupported;
  std::string tokenizer;
  TextDefaults text;
  std::string origin;
};

/// Opens the Hugging Face directory or GGUF file at `path`. The contents are treated as hostile:
/// every size and offset is checked before use. Errors: a file that cannot be read or is malformed;
/// the message names the file and the place.
Result<std::unique_ptr<Checkpoint>> openCheckpoint(const std::string &path);

} // namespace weft
