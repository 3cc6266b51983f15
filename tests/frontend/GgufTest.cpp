#include "Files.h"
#include "frontend/gguf/GgufFile.h"

#include <array>
#include <nlohmann/json.hpp>

namespace weft {
namespace {

using test::expectContains;
using test::GgufWriter;
using test::raw;
using test::smallGguf;

/// Numbers of the types of tensors.
enum : uint32_t {
  F32 = 0,
  F16 = 1,
  Q4_0 = 2,
  Q8_0 = 8,
  Q4_K = 12,
  Q5_K = 13,
  Q6_K = 14,
  BF16 = 30
};

std::string readError(const std::string &file) {
  auto gguf = readGguf(std::as_bytes(std::span(file)), "m.gguf");
  if (gguf)
    return "";
  expectContains(gguf.error().message, {"'m.gguf' at byte "});
  return gguf.error().message;
}

TEST(Gguf, EveryTypeOfTensor) {
  for (uint32_t version : {2u, 3u}) {
    test::TemporaryDirectory directory;
    GgufWriter writer = smallGguf();
    writer.version = version;
    std::string q8(2 * 3 * 34, '\0'), q4(3 * 18, '\0'), q4K(3 * 2 * 144, 'k'), q6K(3 * 210, 'l');
    for (size_t i = 0; i < q8.size(); ++i)
      q8[i] = static_cast<char>(i * 7 + 1);
    for (size_t i = 0; i < q4.size(); ++i)
      q4[i] = static_cast<char>(i * 5 + 3);
    writer.tensor("f32", {3}, F32, raw<float>(1) + raw<float>(2) + raw<float>(3))
        .tensor("f16", {2, 1, 3}, F16, "abcdefghijkl")
        .tensor("bf16", {}, BF16, "zz")
        .tensor("q8", {64, 3}, Q8_0, q8)
        .tensor("q4", {32, 3}, Q4_0, q4)
        .tensor("q4_K", {512, 3}, Q4_K, q4K)
        .tensor("q6_K", {256, 3}, Q6_K, q6K)
        .tensor("none", {0, 5}, F32, "");
    auto checkpoint = test::open(directory.write("m.gguf", writer.finish()));
    ASSERT_TRUE(checkpoint);
    EXPECT_EQ(checkpoint->format(), "gguf");
    EXPECT_EQ(checkpoint->family(), "llama");
    const auto &tensors = checkpoint->tensors();
    ASSERT_EQ(tensors.size(), 8u);
    EXPECT_EQ(tensors.at("f32").storage, Storage::dense(Scalar::F32));
    EXPECT_EQ(tensors.at("f16").shape, (std::vector<int64_t>{3, 1, 2}));
    EXPECT_EQ(test::bytesOf(tensors.at("f16")), "abcdefghijkl");
    EXPECT_EQ(test::bytesOf(tensors.at("bf16")), "zz");
    EXPECT_TRUE(tensors.at("bf16").shape.empty());
    EXPECT_EQ(tensors.at("q8").storage, Storage::q8());
    EXPECT_EQ(tensors.at("q8").shape, (std::vector<int64_t>{3, 64}));
    EXPECT_EQ(test::bytesOf(tensors.at("q8")), q8);
    EXPECT_EQ(tensors.at("q4").storage, Storage::q4());
    EXPECT_EQ(test::bytesOf(tensors.at("q4")), q4);
    EXPECT_EQ(tensors.at("q4").offset % 32, 0u);
    EXPECT_EQ(tensors.at("q4_K").storage, Storage::q4K());
    EXPECT_EQ(test::bytesOf(tensors.at("q4_K")), q4K);
    EXPECT_EQ(tensors.at("q6_K").storage, Storage::q6K());
    EXPECT_EQ(test::bytesOf(tensors.at("q6_K")), q6K);
    EXPECT_TRUE(tensors.at("none").data.empty());
  }
}

TEST(Gguf, EveryTypeOfValue) {
  test::TemporaryDirectory directory;
  GgufWriter writer = smallGguf();
  writer.pair("u8", GgufWriter::U8, raw<uint8_t>(200))
      .pair("i8", GgufWriter::I8, raw<int8_t>(-3))
      .pair("u16", GgufWriter::U16, raw<uint16_t>(60000))
      .pair("i16", GgufWriter::I16, raw<int16_t>(-3000))
      .pair("u32", GgufWriter::U32, raw<uint32_t>(4000000000))
      .pair("i32", GgufWriter::I32, raw<int32_t>(-4))
      .pair("u64", GgufWriter::U64, raw<uint64_t>(1))
      .pair("large", GgufWriter::U64, raw<uint64_t>(UINT64_MAX))
      .pair("i64", GgufWriter::I64, raw<int64_t>(INT64_MIN))
      .pair("f32", GgufWriter::F32, raw<float>(0.5f))
      .pair("f64", GgufWriter::F64, raw<double>(0.1))
      .pair("yes", GgufWriter::Bool, "\1")
      .list<uint32_t>("kv", GgufWriter::U32, {4, 8})
      .list<float>("scale", GgufWriter::F32, {0.25f, 2})
      .list<uint8_t>("window", GgufWriter::Bool, {1, 0})
      .list<uint32_t>("nothing", GgufWriter::U32, {})
      .strings("general.tags", {"a", "b"});
  auto checkpoint = test::open(directory.write("m.gguf", writer.finish()));
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->integer("u8"), 200);
  EXPECT_EQ(checkpoint->integer("i8"), -3);
  EXPECT_EQ(checkpoint->integer("u16"), 60000);
  EXPECT_EQ(checkpoint->integer("i16"), -3000);
  EXPECT_EQ(checkpoint->integer("u32"), 4000000000);
  EXPECT_EQ(checkpoint->integer("i32"), -4);
  EXPECT_EQ(checkpoint->integer("u64"), 1);
  EXPECT_EQ(checkpoint->number("large"), 18446744073709551616.0);
  EXPECT_EQ(checkpoint->integer("i64"), INT64_MIN);
  EXPECT_EQ(checkpoint->number("f32"), 0.5);
  EXPECT_EQ(checkpoint->number("f64"), 0.1);
  EXPECT_EQ(checkpoint->boolean("yes", false), true);
  const auto &values = checkpoint->metadata();
  EXPECT_EQ(values.at("kv"), MetadataValue(std::vector<int64_t>{4, 8}));
  EXPECT_EQ(values.at("scale"), MetadataValue(std::vector<double>{0.25, 2}));
  EXPECT_EQ(values.at("window"), MetadataValue(std::vector<int64_t>{1, 0}));
  EXPECT_EQ(values.at("nothing"), MetadataValue(std::vector<int64_t>{}));
  EXPECT_FALSE(values.contains("general.tags"));
}

TEST(Gguf, AlignmentKey) {
  test::TemporaryDirectory directory;
  GgufWriter writer = smallGguf();
  writer.alignment = 256;
  writer.pair("general.alignment", GgufWriter::U32, raw<uint32_t>(256));
  writer.tensor("a", {1}, F32, raw<float>(1)).tensor("b", {1}, F32, raw<float>(2));
  auto checkpoint = test::open(directory.write("m.gguf", writer.finish()));
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(test::bytesOf(checkpoint->tensors().at("b")), raw<float>(2));
  EXPECT_EQ(checkpoint->tensors().at("b").offset % 256, 0u);
  for (uint32_t bad : {0u, 4u, 24u, 1u << 31}) {
    GgufWriter wrong = smallGguf();
    wrong.pair("general.alignment", GgufWriter::U32, raw(bad)).tensor("a", {1}, F32, "1234");
    expectContains(readError(wrong.finish()),
                   {"'general.alignment'", "power of two", std::to_string(bad).c_str()});
  }
}

TEST(Gguf, UnsupportedTensorsAreNamed) {
  expectContains(readError(smallGguf().tensor("w", {256}, Q5_K, std::string(176, 'x')).finish()),
                 {"tensor 'w' is Q5_K; expected F32, F16, BF16, Q8_0, Q4_0, Q4_K or Q6_K"});
  expectContains(readError(smallGguf().tensor("w", {256}, 77, "").finish()),
                 {"tensor 'w' is of unknown type 77"});
}

TEST(Gguf, Headers) {
  std::string good = smallGguf().finish();
  auto changed = [&](size_t at, const std::string &bytes) {
    std::string file = good;
    file.replace(at, bytes.size(), bytes);
    return readError(file);
  };
  expectContains(changed(0, "GGML"), {"expected the letters GGUF"});
  expectContains(changed(4, raw<uint32_t>(1)), {"version 2 or 3, found 1"});
  expectContains(changed(4, raw<uint32_t>(4)), {"version 2 or 3, found 4"});
  expectContains(changed(4, raw<uint32_t>(0x03000000)), {"big-endian"});
  expectContains(changed(8, raw<uint64_t>(UINT64_MAX)), {"18446744073709551615", "tensors"});
  expectContains(changed(16, raw<uint64_t>(UINT64_MAX)), {"18446744073709551615", "keys"});
  expectContains(changed(24, raw<uint64_t>(1 << 20)), {"the name of key 0", "1048576"});
  expectContains(changed(24, raw<uint64_t>(UINT64_MAX)), {"the name of key 0"});
}

TEST(Gguf, MalformedValues) {
  expectContains(readError(smallGguf().string("general.architecture", "x").finish()),
                 {"'general.architecture' occurs twice"});
  expectContains(readError(smallGguf().pair("x", GgufWriter::Type(13), "12345678").finish()),
                 {"'x'", "from 0 to 12, found 13"});
  expectContains(readError(smallGguf().pair("x", GgufWriter::Bool, "\2").finish()),
                 {"'x'", "boolean", "found 2"});
  expectContains(readError(smallGguf()
                               .pair("x", GgufWriter::Array,
                                     raw<uint32_t>(GgufWriter::Array) + raw<uint64_t>(0))
                               .finish()),
                 {"'x' is an array of arrays"});
  expectContains(readError(smallGguf()
                               .pair("x", GgufWriter::Array,
                                     raw<uint32_t>(GgufWriter::U8) + raw<uint64_t>(1u << 30))
                               .finish()),
                 {"'x'", "found a count of 1073741824"});
  expectContains(readError(smallGguf().list<uint64_t>("x", GgufWriter::U64, {UINT64_MAX}).finish()),
                 {"'x'", "exceeds"});
}

TEST(Gguf, MalformedTensors) {
  expectContains(readError(smallGguf().tensor("w", {1, 1, 1, 1, 1}, F32, "1234").finish()),
                 {"'w'", "at most 4 dimensions, found 5"});
  expectContains(
      readError(smallGguf().tensor("w", {uint64_t(1) << 40, 1u << 30}, F32, "").finish()),
      {"'w'", "too large"});
  expectContains(readError(smallGguf().tensor("w", {UINT64_MAX}, F32, "").finish()),
                 {"'w'", "[-1]", "negative"});
  expectContains(readError(smallGguf().tensor("w", {33}, Q8_0, std::string(68, 'x')).finish()),
                 {"'w'", "multiple of 32", "[33]"});
  for (auto [type, name, bytes] : {std::tuple(Q4_K, "Q4_K", 144), {Q6_K, "Q6_K", 210}})
    for (uint64_t columns : {32, 255, 257, 320})
      expectContains(
          readError(
              smallGguf().tensor("w", {columns, 2}, type, std::string(4 * bytes, 'x')).finish()),
          {"'w'", "multiple of 256", name, std::to_string(columns).c_str()});
  expectContains(readError(smallGguf().tensor("w", {256, 2}, Q6_K, std::string(416, 'x')).finish()),
                 {"'w'", "expected 420 bytes", "416 bytes of data"});
  expectContains(readError(smallGguf().tensor("w", {9}, F32, std::string(32, 'x')).finish()),
                 {"'w'", "expected 36 bytes", "32 bytes of data"});
  expectContains(readError(smallGguf().describe("w", {1}, F32, 4).append("12345678").finish()),
                 {"'w'", "multiple of 32, found 4"});
  expectContains(readError(smallGguf().describe("w", {1}, F32, UINT64_MAX - 31).finish()),
                 {"'w'", "truncated"});
  expectContains(
      readError(smallGguf().tensor("w", {1}, F32, "1234").tensor("w", {1}, F32, "1234").finish()),
      {"'w' occurs twice"});
  expectContains(readError(smallGguf()
                               .tensor("a", {16}, F32, std::string(64, 'x'))
                               .describe("b", {1}, F32, 32)
                               .finish()),
                 {"'a' and 'b' overlap"});
}

TEST(Gguf, WholeModelsOnly) {
  test::TemporaryDirectory directory;
  expectContains(
      test::openError(directory.write("m.gguf", GgufWriter().string("general.name", "x").finish())),
      {"'general.architecture'", "a string"});
}

/// One of `count` parts.
GgufWriter part(GgufWriter writer, uint16_t number, uint16_t count) {
  return writer.pair("split.no", GgufWriter::U16, raw(number))
      .pair("split.count", GgufWriter::U16, raw(count));
}

TEST(Gguf, ModelsInParts) {
  test::TemporaryDirectory directory;
  auto write = [&](const std::string &number, const GgufWriter &writer) {
    return directory.write("m-0000" + number + "-of-00003.gguf", GgufWriter(writer).finish());
  };
  GgufWriter first = part(smallGguf(), 0, 3);
  std::string path = write("1", first);
  expectContains(test::openError(directory.write("m.gguf", GgufWriter(first).finish())),
                 {"m.gguf'", "first of 3 parts", "'-00001-of-00003.gguf'"});
  expectContains(test::openError(path), {"part 2 of 3", "m-00002-of-00003.gguf'"});

  write("2", part(GgufWriter(), 1, 3).tensor("b", {2}, F32, raw<float>(1) + raw<float>(2)));
  write("3", part(GgufWriter(), 2, 3).tensor("c", {}, BF16, "zz"));
  first.pair("split.tensors.count", GgufWriter::I32, raw<int32_t>(3)).tensor("a", {}, BF16, "yy");
  write("1", first);
  auto checkpoint = test::open(path);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->family(), "llama");
  ASSERT_EQ(checkpoint->tensors().size(), 3u);
  EXPECT_EQ(test::bytesOf(checkpoint->tensors().at("a")), "yy");
  EXPECT_EQ(test::bytesOf(checkpoint->tensors().at("b")), raw<float>(1) + raw<float>(2));
  EXPECT_EQ(test::bytesOf(checkpoint->tensors().at("c")), "zz");
  expectContains(checkpoint->tensors().at("c").file, {"m-00003-of-00003.gguf"});

  write("3", part(GgufWriter(), 2, 3));
  expectContains(test::openError(path), {"expected 3 tensors in 3 parts, found 2"});
  write("3", part(GgufWriter(), 2, 3).tensor("b", {}, BF16, "zz"));
  expectContains(test::openError(path), {"m-00003", "'b' is in", "m-00002"});
  write("3", part(GgufWriter(), 1, 3));
  expectContains(test::openError(path), {"m-00003", "expected part 3", "'split.no' = 2"});
  expectContains(test::openError(directory.file("m-00002-of-00003.gguf")),
                 {"first part of a model, found part 2"});

  // Names of so many parts alone would take gigabytes.
  GgufWriter many = smallGguf();
  many.pair("split.count", GgufWriter::I64, raw<int64_t>(1000000000));
  expectContains(test::openError(directory.write("m-00001-of-1000000000.gguf", many.finish())),
                 {"at most 65535 parts", "found 1000000000"});
}

} // namespace
} // namespace weft
