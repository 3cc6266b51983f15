// A NumPy file of f32 rows, format version 1.0
// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
#pragma once

#include "runtime/base/NewFile.h"

#include <cstdint>
#include <span>
#include <string>

namespace weft::cli {

/// Writes an array [rows, columns], row by row, to a NewFile: there is a whole array or none. Not
/// thread-safe.
class NpyWriter {
public:
  static Result<NpyWriter> create(const std::string &path, uint64_t rows, uint64_t columns);

  /// `row` has `columns` numbers. Errors: a full disk.
  Result<void> append(std::span<const float> row);
  /// All rows must have been appended.
  Result<void> finish() { return file.publish(); }

private:
  explicit NpyWriter(NewFile file) : file(std::move(file)) {}
  NewFile file;
};

/// The bytes before the numbers: a multiple of 64.
std::string npyHeader(uint64_t rows, uint64_t columns);

} // namespace weft::cli
