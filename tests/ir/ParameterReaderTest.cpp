#include "ir/ParameterReader.h"

#include "ir/storage/Packing.h"
#include "tests/ir/Parse.h"
#include "tests/ir/storage/Formats.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <unistd.h>

using namespace mlir;
using namespace weft;
using namespace weft::test;
using testing::HasSubstr;

namespace {

/// A file of weights: f32 values at any offset, as any storage.
class ParameterReaderTest : public testing::Test {
protected:
  void SetUp() override {
    path =
        std::filesystem::temp_directory_path() / ("weft_parameter_" + std::to_string(::getpid()));
  }
  void TearDown() override { std::filesystem::remove(path); }

  /// Writes a tensor and gives its source attribute.
  std::string source(const Storage &storage, const std::string &encoding, int64_t rows,
                     int64_t columns, const std::vector<float> &values, bool transposed = false,
                     bool vector = false) {
    int64_t offset = file.size();
    file.resize(offset + storage.bytes(rows, columns) + 3); // the next one is not aligned
    encodeRows(storage, columns, values.data(), rows, &file[offset]);
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char *>(file.data()), file.size());
    return "#weft.source<tensor = \"t\", file = \"" + path.string() +
           "\", offset = " + std::to_string(offset) + ", type = tensor<" +
           (vector ? "" : std::to_string(rows) + "x") + std::to_string(columns) + "x" + encoding +
           ">" + (transposed ? ", transposed = true" : "") + ">";
  }

  Result<ParameterReader> open(const std::string &text) {
    module = context.parse(text);
    EXPECT_TRUE(module) << context.diagnostics;
    files = std::make_unique<WeightFiles>();
    return ParameterReader::create(*module->getOps<ParameterOp>().begin(), *files);
  }

  /// All of a parameter, read in runs of `step` tiles.
  std::vector<std::byte> packed(const ParameterReader &reader, int64_t step) {
    std::vector<std::byte> bytes(reader.bytes(), std::byte(0xa5));
    step *= reader.tileRows();
    for (int64_t row = 0; row < reader.rows(); row += step)
      reader.readPacked(row, std::min(row + step, reader.rows()),
                        &bytes[reader.storage().bytes(row, reader.columns())]);
    return bytes;
  }

  Context context;
  OwningOpRef<ModuleOp> module;
  std::unique_ptr<WeightFiles> files;
  std::filesystem::path path;
  std::vector<std::byte> file;
};

const std::string q4 = "f32, #weft.block<bits = 4, size = 32, scale = f16, bias = 8";
const std::string tiled = ", tiled = <rows = 8, depth = 4>>";

TEST_F(ParameterReaderTest, StacksSourcesBitForBit) {
  // Sources that end within a tile, one that is smaller than a tile, one after.
  constexpr int64_t columns = 70;
  std::vector<std::byte> expected;
  Storage rows = Storage::q4(), target = rows.arranged({Arrangement::Kind::Tiled, 8, 4});
  std::string list;
  int64_t total = 0;
  for (int64_t count : {19, 3, 1, 41}) {
    std::vector<float> values = gaussian(count * columns, 11 + total);
    list += (list.empty() ? "" : ", ") + source(rows, q4 + ">", count, columns, values);
    std::vector<std::byte> part(rows.bytes(count, columns));
    encodeRows(rows, columns, values.data(), count, part.data());
    expected.insert(expected.end(), part.begin(), part.end());
    total += count;
  }
  auto reader = open("weft.parameter @p : tensor<64x70x" + q4 + tiled + "> from [" + list + "]");
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ(reader->rows(), total);
  EXPECT_EQ(reader->bytes(), target.bytes(total, columns));
  std::vector<std::byte> tiles(reader->bytes());
  transcodeRows(rows, expected.data(), 0, total, target, tiles.data(), columns);
  for (int64_t step : {1, 2, 100})
    EXPECT_EQ(packed(*reader, step), tiles) << step;

  std::vector<float> values(total * columns), decoded(values.size());
  reader->readValues(0, 20, values.data());
  reader->readValues(20, total, &values[20 * columns]);
  decodeRows(rows, columns, expected.data(), 0, total, decoded.data());
  EXPECT_EQ(values, decoded);
}

TEST_F(ParameterReaderTest, TransposesAndMixes) {
  // Conv1D weights [in, out] of three storages, stacked with a plain one.
  constexpr int64_t in = 101, out = 67;
  std::vector<float> expected;
  std::string list;
  std::pair<Storage, std::string> storages[] = {{Storage::dense(Scalar::F32), "f32"},
                                                {Storage::dense(Scalar::BF16), "bf16"},
                                                {Storage::q4(), q4 + ">"}};
  for (auto &[storage, encoding] : storages) {
    std::vector<float> values = gaussian(in * out, 3 + list.size()), stored(in * out);
    list += source(storage, encoding, in, out, values, true) + ", ";
    std::vector<std::byte> bytes(storage.bytes(in, out));
    encodeRows(storage, out, values.data(), in, bytes.data());
    decodeRows(storage, out, bytes.data(), 0, in, stored.data());
    for (int64_t j = 0; j < out; ++j)
      for (int64_t i = 0; i < in; ++i)
        expected.push_back(stored[i * out + j]);
  }
  std::vector<float> plain = gaussian(5 * in, 9);
  list += source(Storage::dense(Scalar::F32), "f32", 5, in, plain);
  expected.insert(expected.end(), plain.begin(), plain.end());
  int64_t rows = 3 * out + 5;

  auto reader = open("weft.parameter @p : tensor<" + std::to_string(rows) + "x101x" + q4 + tiled +
                     "> from [" + list + "]");
  ASSERT_TRUE(reader) << reader.error().message;
  std::vector<float> values(rows * in);
  for (int64_t row = 0; row < rows; row += 13)
    reader->readValues(row, std::min(row + 13, rows), &values[row * in]);
  EXPECT_EQ(values, expected);

  std::vector<std::byte> whole(reader->bytes());
  encodeRows(reader->storage(), in, expected.data(), rows, whole.data());
  for (int64_t step : {1, 3, 100})
    EXPECT_EQ(packed(*reader, step), whole) << step;
}

TEST_F(ParameterReaderTest, JoinsVectors) {
  std::vector<float> a = gaussian(5, 1), b = gaussian(3, 2), expected = a;
  expected.insert(expected.end(), b.begin(), b.end());
  Storage f32 = Storage::dense(Scalar::F32);
  auto reader =
      open("weft.parameter @p : tensor<8xf32> from [" + source(f32, "f32", 1, 5, a, false, true) +
           ", " + source(f32, "f32", 1, 3, b, false, true) + "]");
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ(reader->rows(), 1);
  EXPECT_EQ(reader->columns(), 8);
  std::vector<float> values(8), stored(8);
  reader->readValues(0, 1, values.data());
  EXPECT_EQ(values, expected);
  reader->readPacked(0, 1, reinterpret_cast<std::byte *>(stored.data()));
  EXPECT_EQ(stored, expected);
}

TEST_F(ParameterReaderTest, ReadsInlineValues) {
  auto reader = open("weft.parameter @p : tensor<2x2xbf16, #weft.tiled<rows = 2, depth = 1>> = "
                     "dense<[[1.0, 2.0], [3.0, 4.00390625]]> : tensor<2x2xf32>");
  ASSERT_TRUE(reader) << reader.error().message;
  ParameterReader moved = std::move(*reader);
  std::vector<float> values(4);
  moved.readValues(0, 2, values.data());
  EXPECT_EQ(values, (std::vector<float>{1, 2, 3, 4.00390625f}));
  std::vector<std::byte> bytes = packed(moved, 1);
  readScalars(Scalar::BF16, bytes.data(), 4, values.data());
  EXPECT_EQ(values, (std::vector<float>{1, 3, 2, 4})) << "interleaved and rounded";
}

TEST_F(ParameterReaderTest, ErrorsNameTheParameterAndTheFile) {
  std::string good = source(Storage::dense(Scalar::F32), "f32", 2, 2, {1, 2, 3, 4});
  std::ofstream(path, std::ios::trunc) << "short";
  auto tooShort = open("weft.parameter @layers.0.q : tensor<2x2xf32> from [" + good + "]");
  ASSERT_FALSE(tooShort);
  EXPECT_THAT(tooShort.error().message,
              testing::AllOf(HasSubstr("layers.0.q"), HasSubstr("'t'"), HasSubstr(path.string()),
                             HasSubstr("expected 16 bytes"), HasSubstr("5 bytes")));
  auto huge = open("weft.parameter @p : tensor<4611686018427387904x4611686018427387904xf32> from ["
                   "#weft.source<tensor = \"t\", file = \"f\", offset = 0, type = "
                   "tensor<4611686018427387904x4611686018427387904xf32>>]");
  EXPECT_FALSE(huge);
}

} // namespace
