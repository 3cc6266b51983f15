#include "ir/ParameterReader.h"

#include "ir/storage/Packing.h"
#include "ir/storage/ScalarConversion.h"

#include <algorithm>
#include <cassert>

using namespace mlir;

namespace weft {

/// Sizes beyond this are a mistake, and would overflow the formulas of Storage.
constexpr int64_t mostElements = int64_t(1) << 48;

/// Rows and columns of a tensor of rank 1 or 2; false where they are too many.
static bool sizesOf(RankedTensorType type, int64_t &rows, int64_t &columns) {
  rows = type.getRank() == 2 ? type.getDimSize(0) : 1;
  columns = type.getShape().back();
  int64_t elements;
  return rows > 0 && columns > 0 && rows <= mostElements && columns <= mostElements &&
         !__builtin_mul_overflow(rows, columns, &elements) && elements <= mostElements;
}

Result<void> ParameterReader::addSource(ParameterOp parameter, SourceAttr attribute,
                                        WeightFiles &files) {
  std::string where = "parameter '" + parameter.getSymName().str() + "', tensor '" +
                      attribute.getTensor().str() + "': ";
  Source source;
  source.storage = storageOf(attribute.getType());
  source.transposed = rank == 2 && attribute.getTransposed();
  if (!sizesOf(attribute.getType(), source.rows, source.columns))
    return fail(where + "expected between 1 and 2^48 elements");
  std::optional<FileCheck> check;
  if (FileCheckAttr known = attribute.getCheck())
    check = FileCheck{uint64_t(known.getSize()), uint64_t(known.getHeader()), known.getHash()};
  auto data = files.read(attribute.getFile().str(), attribute.getOffset(),
                         source.storage.bytes(source.rows, source.columns), check);
  if (!data)
    return fail(where + data.error().message);
  source.data = *data;
  source.begin = sources.empty() ? 0 : sources.back().end;
  source.end = source.begin + (rank == 1 || source.transposed ? source.columns : source.rows);
  sources.push_back(source);
  return {};
}

void ParameterReader::addValue(ElementsAttr value) {
  inlineValues.reserve(value.getNumElements());
  for (APFloat element : value.getValues<APFloat>())
    inlineValues.push_back(element.convertToFloat());
  Source source;
  source.data = std::as_bytes(std::span(inlineValues));
  source.rows = rowCount;
  source.columns = columnCount;
  source.end = rank == 1 ? columnCount : rowCount;
  sources.push_back(source);
}

Result<ParameterReader> ParameterReader::create(ParameterOp parameter, WeightFiles &files) {
  ParameterReader reader;
  RankedTensorType type = parameter.getTensorType();
  reader.rank = type.getRank();
  reader.target = storageOf(type);
  if (!sizesOf(type, reader.rowCount, reader.columnCount))
    return fail("parameter '" + parameter.getSymName().str() +
                "': expected between 1 and 2^48 elements");
  if (std::optional<ElementsAttr> value = parameter.getValue()) {
    if (!value->try_value_begin<APFloat>())
      return fail("parameter '" + parameter.getSymName().str() +
                  "': the elements of its value cannot be read");
    reader.addValue(*value);
    return reader;
  }
  for (auto source : parameter.getSources()->getAsRange<SourceAttr>())
    if (Result<void> added = reader.addSource(parameter, source, files); !added)
      return failFrom(added);
  return reader;
}

int64_t ParameterReader::tileRows() const {
  return target.arrangement.kind == Arrangement::Kind::Tiled ? target.arrangement.rows : 1;
}

const ParameterReader::Source &ParameterReader::sourceOf(int64_t row) const {
  return *llvm::partition_point(sources, [&](const Source &source) { return source.end <= row; });
}

namespace {

/// Side of the squares that a transposed source is read in: a few cache lines of each row,
/// few enough rows to stay in the first-level cache.
constexpr int64_t square = 64;

/// Rows [begin, end) of the transpose of a dense row-major matrix, to `values`.
void readTransposed(std::span<const std::byte> data, Scalar scalar, int64_t rows, int64_t columns,
                    int64_t begin, int64_t end, float *values) {
  int64_t bytes = bitsOf(scalar) / 8;
  std::vector<float> block(square * square);
  for (int64_t column = begin; column < end; column += square) {
    int64_t width = std::min(square, end - column);
    for (int64_t row = 0; row < rows; row += square) {
      int64_t height = std::min(square, rows - row);
      for (int64_t i = 0; i < height; ++i)
        readScalars(scalar, data.data() + ((row + i) * columns + column) * bytes, width,
                    &block[i * square]);
      for (int64_t j = 0; j < width; ++j)
        for (int64_t i = 0; i < height; ++i)
          values[(column + j - begin) * rows + row + i] = block[i * square + j];
    }
  }
}

} // namespace

/// Rows [begin, end) of one source, counted from its own first row as the parameter has it.
void ParameterReader::readSource(const Source &source, int64_t begin, int64_t end,
                                 float *values) const {
  if (!source.transposed)
    return decodeRows(source.storage, source.columns, source.data.data(), begin, end, values);
  if (!source.storage.isBlock() && source.storage.arrangement.kind != Arrangement::Kind::Tiled)
    return readTransposed(source.data, source.storage.scalar, source.rows, source.columns, begin,
                          end, values);
  // Blocks run across the rows that are wanted, so whole rows have to be decoded.
  std::vector<float> row(source.columns);
  for (int64_t i = 0; i < source.rows; ++i) {
    decodeRows(source.storage, source.columns, source.data.data(), i, i + 1, row.data());
    for (int64_t j = begin; j < end; ++j)
      values[(j - begin) * source.rows + i] = row[j];
  }
}

/// The only row of a parameter of rank 1.
void ParameterReader::readVector(float *values) const {
  for (const Source &source : sources)
    decodeRows(source.storage, source.columns, source.data.data(), 0, 1, values + source.begin);
}

void ParameterReader::readValues(int64_t begin, int64_t end, float *values) const {
  assert(0 <= begin && begin <= end && end <= rowCount);
  if (rank == 1)
    return begin < end ? readVector(values) : void();
  for (int64_t row = begin; row < end;) {
    const Source &source = sourceOf(row);
    int64_t last = std::min(end, source.end);
    readSource(source, row - source.begin, last - source.begin,
               values + (row - begin) * columnCount);
    row = last;
  }
}

/// Rows [begin, end) of one source as `to`.
bool ParameterReader::packSource(const Source &source, int64_t begin, int64_t end,
                                 const Storage &to, std::byte *packed) const {
  if (!source.transposed)
    return transcodeRows(source.storage, source.data.data(), begin, end, to, packed, columnCount);
  // At least a square's rows at a time, so that each cache line of the source is read once.
  int64_t tile = to.arrangement.kind == Arrangement::Kind::Tiled ? to.arrangement.rows : 1;
  int64_t rows = std::max<int64_t>(square, (int64_t(1) << 18) / columnCount);
  int64_t step = (rows + tile - 1) / tile * tile;
  std::vector<float> values(std::min(step, end - begin) * columnCount);
  bool held = true;
  for (int64_t row = begin; row < end; row += step) {
    int64_t last = std::min(end, row + step);
    readSource(source, row, last, values.data());
    held &= encodeRows(to, columnCount, values.data(), last - row,
                       packed + to.bytes(row - begin, columnCount));
  }
  return held;
}

/// Rows of one tile that come from several sources: put together row by row, then tiled.
bool ParameterReader::packMixedTile(int64_t begin, int64_t end, std::byte *packed) const {
  Storage plain = target.arranged({});
  std::vector<std::byte> rows(plain.bytes(end - begin, columnCount));
  bool held = true;
  for (int64_t row = begin; row < end;) {
    const Source &source = sourceOf(row);
    int64_t last = std::min(end, source.end);
    held &= packSource(source, row - source.begin, last - source.begin, plain,
                       rows.data() + plain.bytes(row - begin, columnCount));
    row = last;
  }
  return transcodeRows(plain, rows.data(), 0, end - begin, target, packed, columnCount) && held;
}

bool ParameterReader::readPacked(int64_t begin, int64_t end, std::byte *packed) const {
  int64_t tile = tileRows();
  assert(0 <= begin && begin <= end && end <= rowCount && begin % tile == 0);
  if (rank == 1 && begin < end) {
    if (sources.size() == 1)
      return packSource(sources.front(), 0, 1, target, packed);
    std::vector<float> values(columnCount);
    readVector(values.data());
    return encodeRows(target, columnCount, values.data(), 1, packed);
  }
  bool held = true;
  for (int64_t row = begin; row < end;) {
    const Source &source = sourceOf(row);
    // A run of whole tiles of this source, or all that is left.
    int64_t last = source.end >= end ? end : row + (source.end - row) / tile * tile;
    std::byte *to = packed + target.bytes(row - begin, columnCount);
    if (last > row) {
      held &= packSource(source, row - source.begin, last - source.begin, target, to);
    } else {
      last = std::min(end, row + tile);
      held &= packMixedTile(row, last, to);
    }
    row = last;
  }
  return held;
}

} // namespace weft
