// Small checkpoints for the tests, written byte by byte into a temporary directory.
#pragma once

#include "frontend/Checkpoint.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace weft::test {

/// A directory of its own, removed at the end.
class TemporaryDirectory {
public:
  TemporaryDirectory() {
    std::string name = std::filesystem::temp_directory_path() / "weft-frontend-XXXXXX";
    if (!::mkdtemp(name.data()))
      std::abort();
    path = name;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory &) = delete;
  TemporaryDirectory &operator=(const TemporaryDirectory &) = delete;

  std::string file(const std::string &name) const { return path + "/" + name; }
  std::string write(const std::string &name, const std::string &contents) const {
    std::ofstream out(file(name), std::ios::binary | std::ios::trunc);
    out << contents;
    out.close();
    EXPECT_TRUE(out.good());
    return file(name);
  }

  std::string path;
};

template <typename T> std::string raw(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

template <typename T> std::string raw(const std::vector<T> &values) {
  std::string bytes;
  for (const T &value : values)
    bytes += raw(value);
  return bytes;
}

/// A safetensors file: length, header padded to eight bytes, data.
inline std::string safetensors(std::string header, const std::string &data) {
  header.resize((header.size() + 7) / 8 * 8, ' ');
  return raw<uint64_t>(header.size()) + header + data;
}

/// Puts a GGUF file together.
class GgufWriter {
public:
  /// Numbers of the types of values.
  enum Type : uint32_t { U8, I8, U16, I16, U32, I32, F32, Bool, String, Array, U64, I64, F64 };

  uint32_t version = 3;
  uint64_t alignment = 32;

  static std::string text(const std::string &value) { return raw<uint64_t>(value.size()) + value; }
  GgufWriter &pair(const std::string &key, Type type, const std::string &bytes) {
    pairs += text(key) + raw<uint32_t>(type) + bytes;
    ++pairCount;
    return *this;
  }
  GgufWriter &string(const std::string &key, const std::string &value) {
    return pair(key, String, text(value));
  }
  GgufWriter &strings(const std::string &key, const std::vector<std::string> &values) {
    std::string bytes = raw<uint32_t>(String) + raw<uint64_t>(values.size());
    for (const std::string &value : values)
      bytes += text(value);
    return pair(key, Array, bytes);
  }
  template <typename T>
  GgufWriter &list(const std::string &key, Type type, const std::vector<T> &values) {
    return pair(key, Array, raw<uint32_t>(type) + raw<uint64_t>(values.size()) + raw(values));
  }
  /// `dimensions` in the order of the file, innermost first.
  GgufWriter &tensor(const std::string &name, const std::vector<uint64_t> &dimensions,
                     uint32_t type, const std::string &bytes) {
    return describe(name, dimensions, type, data.size()).append(bytes);
  }
  /// Only the description, with any offset.
  GgufWriter &describe(const std::string &name, const std::vector<uint64_t> &dimensions,
                       uint32_t type, uint64_t offset) {
    tensors += text(name) + raw<uint32_t>(dimensions.size()) + raw(dimensions) +
               raw<uint32_t>(type) + raw<uint64_t>(offset);
    ++tensorCount;
    return *this;
  }
  GgufWriter &append(const std::string &bytes) {
    data += bytes;
    data.resize((data.size() + alignment - 1) / alignment * alignment, '\0');
    return *this;
  }
  std::string finish() const {
    std::string file = "GGUF" + raw(version) + raw(tensorCount) + raw(pairCount) + pairs + tensors;
    file.resize((file.size() + alignment - 1) / alignment * alignment, '\0');
    return file + data;
  }

private:
  std::string pairs, tensors, data;
  uint64_t pairCount = 0, tensorCount = 0;
};

/// A GGUF file that opens, to which a test adds what it is about.
inline GgufWriter smallGguf() {
  GgufWriter writer;
  writer.string("general.architecture", "llama");
  return writer;
}

/// Opens what should open.
inline std::unique_ptr<Checkpoint> open(const std::string &path) {
  Result<std::unique_ptr<Checkpoint>> checkpoint = openCheckpoint(path);
  EXPECT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
  return checkpoint ? std::move(*checkpoint) : nullptr;
}

/// The message of what should not open; it is one line.
inline std::string openError(const std::string &path) {
  Result<std::unique_ptr<Checkpoint>> checkpoint = openCheckpoint(path);
  EXPECT_FALSE(checkpoint.has_value()) << path << " opened";
  if (checkpoint)
    return "";
  EXPECT_EQ(checkpoint.error().message.find('\n'), std::string::npos);
  return checkpoint.error().message;
}

inline void expectContains(const std::string &text, std::initializer_list<const char *> parts) {
  for (const char *part : parts)
    EXPECT_NE(text.find(part), std::string::npos) << "no \"" << part << "\" in: " << text;
}

inline std::string bytesOf(const CheckpointTensor &tensor) {
  return std::string(reinterpret_cast<const char *>(tensor.data.data()), tensor.data.size());
}

} // namespace weft::test
