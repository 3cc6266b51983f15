// Reads what a `weft.parameter` names, in the storage of its type.
#pragma once

#include "ir/Weft.h"
#include "ir/storage/WeightFiles.h"

#include <cstddef>
#include <span>
#include <vector>

namespace weft {

/// The contents of one parameter: stacked tensors of files, some of them transposed, or an
/// inline value. Reading streams: beside the caller's buffer it takes about a megabyte, or
/// the rows of one tile. Immutable once created; any thread may read, disjoint ranges or
/// the same. The WeightFiles must outlive it; the op need not.
///
/// A parameter of rank 1 is a matrix of one row.
class ParameterReader {
public:
  /// Opens the files. Errors name the parameter, the tensor and the file.
  static Result<ParameterReader> create(ParameterOp parameter, WeightFiles &files);

  ParameterReader(ParameterReader &&) = default;
  ParameterReader &operator=(ParameterReader &&) = default;

  int64_t rows() const { return rowCount; }
  int64_t columns() const { return columnCount; }
  const Storage &storage() const { return target; }
  /// Bytes of the whole parameter as stored in its type.
  int64_t bytes() const { return target.bytes(rowCount, columnCount); }
  /// `readPacked` begins at multiples of this.
  int64_t tileRows() const;

  /// Rows [begin, end) as f32 values of the sources, not rounded to the storage of the
  /// type, row-major, to `values`.
  void readValues(int64_t begin, int64_t end, float *values) const;

  /// Rows [begin, end), `begin` a multiple of tileRows(), as storage(), to `packed`:
  /// storage().bytes(end - begin, columns()) bytes. See Packing.h for what a run of rows
  /// writes. Bit-exact where a source has the same numbers in another arrangement. Returns
  /// whether the scales' type could hold every scale; where not, values were clipped.
  bool readPacked(int64_t begin, int64_t end, std::byte *packed) const;

private:
  ParameterReader() = default;

  /// Some rows of the parameter, or, of rank 1, some columns.
  struct Source {
    std::span<const std::byte> data;
    Storage storage;
    /// As stored, before it is transposed.
    int64_t rows = 0, columns = 0;
    bool transposed = false;
    /// Rows (rank 1: columns) of the parameter.
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
  /// An inline value, as one source.
  std::vector<float> inlineValues;
};

} // namespace weft
