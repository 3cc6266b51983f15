// Reads the contents of a `weft.parameter` in the storage of its type.
#pragma once

#include "ir/Weft.h"
#include "ir/storage/WeightFiles.h"

#include <cstddef>
#include <span>
#include <vector>

namespace weft {

/// The contents of one parameter: tensors of files that are stacked, some of them transposed, or an
/// inline value. Reads are streamed: in addition to the caller's buffer, a read needs about a
/// megabyte, or the rows of one tile. Immutable once created; any thread may read, also overlapping
/// ranges. The WeightFiles must outlive the reader; the op need not.
///
/// A parameter of rank 1 is treated as a matrix of one row.
class ParameterReader {
public:
  /// Opens the files of `parameter`. Errors: a file that WeightFiles::read() refuses; the message
  /// names the parameter, the tensor and the file.
  static Result<ParameterReader> create(ParameterOp parameter, WeightFiles &files);

  ParameterReader(ParameterReader &&) = default;
  ParameterReader &operator=(ParameterReader &&) = default;

  int64_t rows() const { return rowCount; }
  int64_t columns() const { return columnCount; }
  const Storage &storage() const { return target; }
  /// Returns the bytes of the whole parameter in the storage of its type.
  int64_t bytes() const { return target.bytes(rowCount, columnCount); }
  /// Returns the number of which the first row of readPacked() must be a multiple.
  int64_t tileRows() const;

  /// Writes the rows [begin, end) to `values`, row-major, as the f32 values of the sources, not
  /// rounded to the storage of the parameter's type.
  void readValues(int64_t begin, int64_t end, float *values) const;

  /// Writes the rows [begin, end) to `packed` in the storage storage(): storage().bytes(end -
  /// begin, columns()) bytes. `begin` is a multiple of tileRows(). Packing.h says which bytes a
  /// range of rows writes. Bit-exact if a source has the same numbers in another arrangement.
  /// Returns whether the scales' type could represent every scale; if not, values were clipped.
  bool readPacked(int64_t begin, int64_t end, std::byte *packed) const;

private:
  ParameterReader() = default;

  /// One source: some rows of the parameter or, for rank 1, some columns.
  struct Source {
    std::span<const std::byte> data;
    Storage storage;
    /// The shape in the file, before transposing.
    int64_t rows = 0, columns = 0;
    bool transposed = false;
    /// The rows (rank 1: columns) of the parameter that the source provides.
    int64_t begin = 0, end = 0;
  };

  Result<void> addSource(ParameterOp parameter, SourceAttr attribute, WeightFiles &files);
  void addValue(mlir::ElementsAttr value);
  const Source &sourceOf(int64_t row) const;
  void readVector(float *values) const;
  void readSource(const Source &source, int64_t begin, int64_t end, float *values) const;
  bool packSource(const Source &source, int64_t begin, int64_t end, const Storage &to,
                  std::byte *packed) const;
  bool packMixedTile(int64_t begin, int64_t end, std::byte *packed) const;

  unsigned rank = 2;
  int64_t rowCount = 0, columnCount = 0;
  Storage target;
  std::vector<Source> sources;
  /// The inline value, if there is one; a source refers to it.
  std::vector<float> inlineValues;
};

} // namespace weft
