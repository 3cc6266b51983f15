#include "Files.h"
#include "frontend/safetensors/SafetensorsFile.h"

#include <nlohmann/json.hpp>

namespace weft {
namespace {

using test::raw;
using test::safetensors;

Result<std::vector<SafetensorsEntry>> read(const std::string &file) {
  return readSafetensors(std::as_bytes(std::span(file)), "m.safetensors");
}

std::string readError(const std::string &header, const std::string &data) {
  auto entries = read(safetensors(header, data));
  return entries ? "" : entries.error().message;
}

TEST(Safetensors, ReadsEveryType) {
  auto entries = read(safetensors(
      R"({"__metadata__":{"format":"pt"},
          "a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},
          "b":{"dtype":"F16","shape":[],"data_offsets":[24,26]},
          "c":{"data_offsets":[26,32],"shape":[3,1],"dtype":"BF16","more":{"x":[1,{}]}},
          "d":{"dtype":"I64","shape":[1],"data_offsets":[32,40]},
          "e":{"dtype":"F32","shape":[0,7],"data_offsets":[40,40]}})",
      std::string(40, 'x')));
  ASSERT_TRUE(entries.has_value()) << entries.error().message;
  ASSERT_EQ(entries->size(), 5u);
  EXPECT_EQ((*entries)[0].storage, Storage::dense(Scalar::F32));
  EXPECT_EQ((*entries)[0].shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ((*entries)[1].storage, Storage::dense(Scalar::F16));
  EXPECT_TRUE((*entries)[1].shape.empty());
  EXPECT_EQ((*entries)[2].storage, Storage::dense(Scalar::BF16));
  EXPECT_EQ((*entries)[2].size, 6u);
  EXPECT_FALSE((*entries)[3].storage.has_value());
  EXPECT_EQ((*entries)[3].dtype, "I64");
  EXPECT_EQ((*entries)[4].size, 0u);
}

struct Malformed {
  const char *header;
  size_t dataSize;
  const char *message;
};

/// Part of the test's name.
void PrintTo(const Malformed &each, std::ostream *out) { *out << each.message; }

class SafetensorsMalformed : public testing::TestWithParam<Malformed> {};

TEST_P(SafetensorsMalformed, IsExplained) {
  const Malformed &each = GetParam();
  test::expectContains(readError(each.header, std::string(each.dataSize, 'x')),
                       {"m.safetensors", each.message});
}

#define TENSOR(body) "{\"w\":{" body "}}"
INSTANTIATE_TEST_SUITE_P(
    All, SafetensorsMalformed,
    testing::Values(
        Malformed{"[]", 0, "expected an object, found an array"},
        Malformed{"7", 0, "expected an object, found a number"},
        Malformed{"{\"w\":", 0, "is not JSON"}, Malformed{"{\"w\":3}", 0, "tensor 'w'"},
        Malformed{"{\"w\":[]}", 0, "tensor 'w'"},
        Malformed{TENSOR("\"dtype\":\"F32\",\"shape\":[1]"), 4, "two data_offsets, found 0"},
        Malformed{TENSOR("\"dtype\":\"F32\",\"data_offsets\":[0,4]"), 4, "has no shape"},
        Malformed{TENSOR("\"shape\":[1],\"data_offsets\":[0,4]"), 4, "has no dtype"},
        Malformed{TENSOR("\"dtype\":7"), 0, "the name of a type is expected"},
        Malformed{TENSOR("\"dtype\":\"F32\",\"dtype\":\"F16\""), 0, "'dtype' twice"},
        Malformed{TENSOR("\"shape\":[-1]"), 0, "found -1"},
        Malformed{TENSOR("\"shape\":[1.5]"), 0, "found 1.5"},
        Malformed{TENSOR("\"shape\":[[1]]"), 0, "a list of sizes is expected"},
        Malformed{TENSOR("\"shape\":{}"), 0, "a list of sizes is expected"},
        Malformed{TENSOR("\"shape\":[9223372036854775808]"), 0, "too large"},
        Malformed{TENSOR("\"shape\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]"), 0, "16 dimensions"},
        Malformed{TENSOR("\"data_offsets\":[0,1,2]"), 0, "two data_offsets"},
        Malformed{TENSOR("\"more\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"), 0, "nested deeper"},
        Malformed{TENSOR("\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],"
                         "\"data_offsets\":[0,0]"),
                  0, "too large"},
        Malformed{TENSOR("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]"), 4,
                  "expected 8 bytes for F32 of shape [2], found 4"},
        Malformed{TENSOR("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]"), 3,
                  "lie outside the 3 bytes"},
        Malformed{TENSOR("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]"), 4,
                  "lie outside"},
        Malformed{TENSOR("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]"), 5,
                  "expected the data to end at byte"},
        Malformed{TENSOR("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]"), 8,
                  "expected data at byte"},
        Malformed{"{\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]},"
                  "\"b\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[2,6]}}",
                  6, "tensor 'b': expected data at byte"},
        Malformed{"{\"a\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,2]},"
                  "\"a\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[2,4]}}",
                  4, "'a' occurs twice"}));
#undef TENSOR

// The format asks for no alignment, and mlx writes headers of any length.
TEST(Safetensors, TensorsNeedNoAlignment) {
  for (const char *more : {"", " ", "  ", "   "}) {
    const std::string file =
        safetensors("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                    "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}" +
                        std::string(more),
                    "x" + raw<float>(1.5f));
    auto entries = read(file);
    ASSERT_TRUE(entries) << entries.error().message;
    const auto &b = entries->back();
    EXPECT_EQ(file.substr(b.offset, b.size), raw<float>(1.5f));
  }
}

TEST(Safetensors, HeaderLengths) {
  test::expectContains(read("short").error().message, {"found 5 bytes"});
  test::expectContains(read(raw<uint64_t>(UINT64_MAX) + "{}").error().message,
                       {"18446744073709551615"});
  test::expectContains(read(raw<uint64_t>(100'000'001) + "{}").error().message, {"100000000"});
  test::expectContains(read(raw<uint64_t>(3) + "{}").error().message, {"truncated"});
  test::expectContains(read(raw<uint64_t>(0)).error().message, {"is not JSON"});
  EXPECT_TRUE(read(raw<uint64_t>(2) + "{}").has_value());
}

TEST(Safetensors, DeepNestingDoesNotRecurse) {
  std::string deep(1'000'000, '[');
  test::expectContains(readError("{\"w\":{\"x\":" + deep, ""), {"nested deeper"});
}

TEST(Safetensors, NamesFromTheFileStayOnOneLine) {
  std::string message = readError("{\"a\\n\\u001b[31m\":3}", "");
  EXPECT_EQ(message.find_first_of("\n\x1b"), std::string::npos) << message;
}

} // namespace
} // namespace weft
