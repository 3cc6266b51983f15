// The GGUF file format, versions 2 and 3, little endian: keys and values, descriptions of
// tensors, then their bytes.
// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
#pragma once

#include "frontend/Checkpoint.h"

namespace weft {

/// A tensor as the file describes it.
struct GgufTensor {
  std::string_view name;
  /// Outermost dimension first; the file has it the other way round.
  std::vector<int64_t> shape;
  Storage storage;
  /// Where the bytes are, counted from the beginning of the file. They lie inside it and
  /// are as many as shape and type ask for.
  uint64_t offset = 0;
  uint64_t size = 0;
};

/// The contents of a file. Views point into its bytes.
struct GgufFile {
  uint32_t version = 0;
  /// Everything but arrays of strings. Arrays of booleans are 0 and 1.
  std::map<std::string, MetadataValue, std::less<>> values;
  std::map<std::string, std::vector<std::string_view>, std::less<>> strings;
  /// In the order of the file.
  std::vector<GgufTensor> tensors;
};

/// Reads a file given as a whole; `file` is its name for messages. The bytes are treated
/// as hostile: every count is checked against what is left of the file before memory is
/// taken for it. A tensor of a type that Weft does not read is an error that names it:
/// to leave out one matrix of a model silently gives fluent wrong text.
Result<GgufFile> readGguf(std::span<const std::byte> bytes, const std::string &file);

} // namespace weft
