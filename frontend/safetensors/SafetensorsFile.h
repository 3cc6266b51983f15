// The safetensors file format: a JSON header that names tensors, then their bytes.
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
  /// As the file writes it: "F32", "I64".
  std::string dtype;
  /// Outermost dimension first.
  std::vector<int64_t> shape;
  /// How the numbers lie; nothing where the type is not one that Weft reads.
  std::optional<Storage> storage;
  /// Where the bytes are, counted from the beginning of the file. They lie inside it and
  /// are as many as shape and type ask for. The format asks for no alignment.
  uint64_t offset = 0;
  uint64_t size = 0;
};

/// Reads the header of a file given as a whole; `file` is its name for messages. Entries
/// come in the order of the header. The bytes are treated as hostile: besides syntax,
/// shapes and sizes it checks that the tensors cover the data without gap or overlap, as
/// the format demands, so that a truncated or spliced file is noticed.
Result<std::vector<SafetensorsEntry>> readSafetensors(std::span<const std::byte> bytes,
                                                      const std::string &file);

} // namespace weft
