// A NumPy file of f32 rows, format version 1.0
// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
#pragma once

#include "runtime/artifact/Error.h"

#include <cstdint>
#include <cstdio>
#include <span>
#include <string>

namespace weft::cli {

/// Writes an array [rows, columns], row by row, to a temporary file beside `path`, and
/// renames it over `path` in finish(). Destroyed before that, it removes the temporary
/// file: there is a whole array or none. Not thread-safe.
class NpyWriter {
public:
  static Result<NpyWriter> create(const std::string &path, uint64_t rows, uint64_t columns);
  NpyWriter(NpyWriter &&other) noexcept;
  NpyWriter &operator=(NpyWriter &&) = delete;
  ~NpyWriter();

  /// `row` has `columns` numbers. Errors: a full disk.
  Result<void> append(std::span<const float> row);
  /// All rows must have been appended.
  Result<void> finish();

private:
  NpyWriter(std::string path, std::string temporary, std::FILE *file)
      : path(std::move(path)), temporary(std::move(temporary)), file(file) {}

  std::string path, temporary;
  std::FILE *file = nullptr;
};

/// The bytes before the numbers: a multiple of 64.
std::string npyHeader(uint64_t rows, uint64_t columns);

} // namespace weft::cli
