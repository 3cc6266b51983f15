// Reads the GGUF file format, versions 2 and 3, little endian: keys and values, descriptions of
// tensors, then the tensors' bytes. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
#pragma once

#include "frontend/Checkpoint.h"

namespace weft {

/// A tensor as the file describes it.
struct GgufTensor {
  std::string_view name;
  /// The shape, outermost dimension first; the file has the reverse order.
  std::vector<int64_t> shape;
  Storage storage;
  /// The offset of the data from the beginning of the file, and its bytes. They lie inside the file
  /// and match the shape and the type.
  uint64_t offset = 0;
  uint64_t size = 0;
};

/// The parsed contents of a file. Views point into the file's bytes.
struct GgufFile {
  uint32_t version = 0;
  /// All keys and values except arrays of strings. Booleans in arrays are 0 and 1.
  std::map<std::string, MetadataValue, std::less<>> values;
  std::map<std::string, std::vector<std::string_view>, std::less<>> strings;
  /// The tensors in the order of the file.
  std::vector<GgufTensor> tensors;
};

/// Parses the bytes of a whole file; `file` is its name for messages. The bytes are treated as
/// hostile: every count is checked against the rest of the file before memory is allocated for it.
/// Errors: malformed contents, and a tensor of an unsupported type, which is named, because a model
/// without one of its matrices would give fluent wrong text.
Result<GgufFile> readGguf(std::span<const std::byte> bytes, const std::string &file);

} // namespace weft
