// Reads the safetensors file format: a JSON header that describes tensors, then the tensors' bytes.
#pragma once

#include "ir/storage/Storage.h"
#include "runtime/base/Error.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weft {

/// A tensor as the header of a safetensors file describes it.
struct SafetensorsEntry {
  std::string name;
  /// The type as the file names it: "F32", "I64".
  std::string dtype;
  /// The shape, outermost dimension first.
  std::vector<int64_t> shape;
  /// The storage; nothing if Weft does not read the type.
  std::optional<Storage> storage;
  /// The offset of the data from the beginning of the file, and its bytes. They lie inside the file
  /// and match the shape and the type. The format guarantees no alignment.
  uint64_t offset = 0;
  uint64_t size = 0;
};

/// Parses the header of a whole file; `file` is its name for messages. Returns the entries in the
/// order of the header. The bytes are treated as hostile: in addition to syntax, shapes and sizes,
/// it checks that the tensors cover the data without gap or overlap, as the format requires, so
/// that a truncated or spliced file is detected. Errors: any of these checks fails.
Result<std::vector<SafetensorsEntry>> readSafetensors(std::span<const std::byte> bytes,
                                                      const std::string &file);

} // namespace weft
