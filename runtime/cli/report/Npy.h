// A NumPy file of f32 rows, format version 1.0
// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
#pragma once

#include "runtime/base/NewFile.h"

#include <cstdint>
#include <span>
#include <string>

namespace weft::cli {

/// Writes an array [rows, columns] row by row to a NewFile, so that the file is complete or absent.
/// Not thread-safe.
class NpyWriter {
public:
  /// Begins a file. Errors are those of NewFile::create().
  static Result<NpyWriter> create(const std::string &path, uint64_t rows, uint64_t columns);

  /// Appends a row of `columns` numbers. Errors: the disk is full.
  Result<void> append(std::span<const float> row);
  /// Puts the file at its path. All rows must have been appended.
  Result<void> finish() { return file.publish(); }

private:
  explicit NpyWriter(NewFile file) : file(std::move(file)) {}
  NewFile file;
};

/// Returns the file's header, whose length is a multiple of 64.
std::string npyHeader(uint64_t rows, uint64_t columns);

} // namespace weft::cli
