#include "frontend/gguf/GgufFile.h"

#include "frontend/TensorSize.h"
#include "runtime/base/Quotes.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace weft {

namespace {

/// Elements of all arrays of a file together. Real vocabularies have 10^6 at most; an
/// element takes eight bytes of memory for as little as one byte of the file.
constexpr uint64_t mostArrayElements = uint64_t(1) << 25;
constexpr uint32_t mostDimensions = 4;
constexpr uint64_t defaultAlignment = 32;

// clang-format off
enum class ValueType : uint32_t {
  U8, I8, U16, I16, U32, I32, F32, Bool, String, Array, U64, I64, F64
};
// clang-format on

struct TensorType {
  uint32_t code;
  const char *name;
  std::optional<Storage> storage;
};

// clang-format off
const TensorType tensorTypes[] = {
    {0, "F32", Storage::dense(Scalar::F32)},
    {1, "F16", Storage::dense(Scalar::F16)},
    {30, "BF16", Storage::dense(Scalar::BF16)},
    {8, "Q8_0", Storage::q8()},
    {2, "Q4_0", Storage::q4()},
    {12, "Q4_K", Storage::q4K()},
    {14, "Q6_K", Storage::q6K()},
    {3, "Q4_1", {}},     {6, "Q5_0", {}},     {7, "Q5_1", {}},     {9, "Q8_1", {}},
    {10, "Q2_K", {}},    {11, "Q3_K", {}},    {13, "Q5_K", {}},    {15, "Q8_K", {}},
    {16, "IQ2_XXS", {}}, {17, "IQ2_XS", {}},  {18, "IQ3_XXS", {}}, {19, "IQ1_S", {}},
    {20, "IQ4_NL", {}},  {21, "IQ3_S", {}},   {22, "IQ2_S", {}},   {23, "IQ4_XS", {}},
    {24, "I8", {}},      {25, "I16", {}},     {26, "I32", {}},     {27, "I64", {}},
    {28, "F64", {}},     {29, "IQ1_M", {}},   {34, "TQ1_0", {}},   {35, "TQ2_0", {}},
    {39, "MXFP4", {}},
};
// clang-format on

/// Reads forward through the bytes. After the first error every read gives zeros and
/// `problem` stays; callers check it before they use a count.
class Cursor {
public:
  explicit Cursor(std::span<const std::byte> bytes) : bytes(bytes) {}

  std::string problem;

  bool failed() const { return !problem.empty(); }
  uint64_t position() const { return at; }
  uint64_t left() const { return bytes.size() - at; }

  void refuse(std::string what) {
    if (!failed())
      problem = "at byte " + std::to_string(at) + ": " + std::move(what);
  }

  template <typename T> T read() {
    static_assert(std::endian::native == std::endian::little);
    T value{};
    if (failed())
      return value;
    if (left() < sizeof(T)) {
      refuse("the file ends inside " + what);
      return value;
    }
    std::memcpy(&value, bytes.data() + at, sizeof(T));
    at += sizeof(T);
    return value;
  }

  /// A count of things that take at least `smallest` bytes each.
  uint64_t readCount(uint64_t smallest) {
    uint64_t before = at;
    auto count = read<uint64_t>();
    if (!failed() && count > left() / smallest) {
      at = before;
      refuse("expected at most " + std::to_string((left() - 8) / smallest) +
             ", for which the file has room, found a count of " + std::to_string(count) + " in " +
             what);
      return 0;
    }
    return count;
  }

  std::string_view readString() {
    uint64_t length = readCount(1);
    if (failed())
      return {};
    std::string_view text(reinterpret_cast<const char *>(bytes.data() + at), length);
    at += length;
    return text;
  }

  /// What is being read, for messages.
  std::string what = "the header";

private:
  std::span<const std::byte> bytes;
  uint64_t at = 0;
};

class Reader {
public:
  explicit Reader(std::span<const std::byte> bytes) : bytes(bytes), cursor(bytes) {}

  /// What is wrong, or nothing.
  std::string read() {
    auto tensorCount = readHeader();
    for (uint64_t i = 0; i < keyCount && !cursor.failed(); ++i)
      readPair();
    for (uint64_t i = 0; i < tensorCount && !cursor.failed(); ++i)
      readTensor();
    if (!cursor.failed())
      placeTensors();
    return cursor.problem;
  }

  GgufFile file;

private:
  uint64_t readHeader() {
    if (cursor.read<uint32_t>() != 0x46554747 && !cursor.failed())
      cursor.refuse("expected the letters GGUF");
    file.version = cursor.read<uint32_t>();
    if (!cursor.failed() && file.version != 2 && file.version != 3) {
      bool bigEndian = (file.version & 0xffff) == 0;
      cursor.refuse(bigEndian
                        ? "expected little-endian GGUF, found a big-endian file"
                        : "expected GGUF version 2 or 3, found " + std::to_string(file.version));
    }
    // A tensor takes at least its lengths and numbers, a pair a length, a type and a byte.
    cursor.what = "the number of tensors";
    uint64_t tensorCount = cursor.readCount(8 + 4 + 4 + 8);
    cursor.what = "the number of keys";
    keyCount = cursor.readCount(8 + 4 + 1);
    return tensorCount;
  }

  void readPair() {
    cursor.what = "the name of key " + std::to_string(keysRead++);
    std::string key(cursor.readString());
    cursor.what = "key " + inQuotes(key);
    auto type = static_cast<ValueType>(cursor.read<uint32_t>());
    if (cursor.failed())
      return;
    if (file.values.contains(key) || file.strings.contains(key))
      return cursor.refuse("key " + inQuotes(key) + " occurs twice");
    if (type == ValueType::Array)
      return readArray(key);
    MetadataValue value;
    if (type == ValueType::String)
      value = std::string(cursor.readString());
    else if (type == ValueType::Bool)
      value = readBool() != 0;
    else if (type == ValueType::F32 || type == ValueType::F64)
      value = readReal(type);
    else
      value = readInteger(type);
    if (type == ValueType::U64 && std::get<int64_t>(value) < 0)
      value = static_cast<double>(static_cast<uint64_t>(std::get<int64_t>(value)));
    if (!cursor.failed())
      file.values.emplace(std::move(key), std::move(value));
  }

  void readArray(const std::string &key) {
    auto type = static_cast<ValueType>(cursor.read<uint32_t>());
    if (cursor.failed())
      return;
    if (type == ValueType::Array)
      return cursor.refuse("key " + inQuotes(key) + " is an array of arrays, which is not read");
    unsigned smallest = bytesOf(type);
    if (smallest == 0)
      return unknownType(type);
    uint64_t count = cursor.readCount(smallest);
    if (count > mostArrayElements - arrayElements)
      return cursor.refuse("expected at most " + std::to_string(mostArrayElements) +
                           " elements in all arrays together, exceeded by " + inQuotes(key));
    arrayElements += count;
    auto fill = [&](auto list, auto next) {
      list.reserve(count);
      for (uint64_t i = 0; i < count && !cursor.failed(); ++i)
        list.push_back(next());
      return list;
    };
    if (type == ValueType::String)
      file.strings.emplace(
          key, fill(std::vector<std::string_view>(), [&] { return cursor.readString(); }));
    else if (type == ValueType::F32 || type == ValueType::F64)
      file.values.emplace(key, fill(std::vector<double>(), [&] { return readReal(type); }));
    else if (type == ValueType::Bool)
      file.values.emplace(key, fill(std::vector<int64_t>(), [&] { return readBool(); }));
    else
      file.values.emplace(key, fill(std::vector<int64_t>(), [&] {
                            int64_t value = readInteger(type);
                            if (type == ValueType::U64 && value < 0)
                              cursor.refuse("an element of " + inQuotes(key) +
                                            " exceeds a signed 64-bit integer");
                            return value;
                          }));
  }

  /// Bytes of a value in the file, at least; 0 for an unknown type.
  static unsigned bytesOf(ValueType type) {
    switch (type) {
    case ValueType::U8:
    case ValueType::I8:
    case ValueType::Bool:
      return 1;
    case ValueType::U16:
    case ValueType::I16:
      return 2;
    case ValueType::U32:
    case ValueType::I32:
    case ValueType::F32:
      return 4;
    case ValueType::String:
    case ValueType::Array:
    case ValueType::U64:
    case ValueType::I64:
    case ValueType::F64:
      return 8;
    }
    return 0;
  }

  void unknownType(ValueType type) {
    cursor.refuse("expected a type of value from 0 to 12, found " +
                  std::to_string(static_cast<uint32_t>(type)) + " in " + cursor.what);
  }

  int64_t readBool() {
    auto value = cursor.read<uint8_t>();
    if (value > 1)
      cursor.refuse("expected a boolean, 0 or 1, found " + std::to_string(value) + " in " +
                    cursor.what);
    return value;
  }

  double readReal(ValueType type) {
    return type == ValueType::F32 ? cursor.read<float>() : cursor.read<double>();
  }

  int64_t readInteger(ValueType type) {
    switch (type) {
    case ValueType::U8:
      return cursor.read<uint8_t>();
    case ValueType::I8:
      return cursor.read<int8_t>();
    case ValueType::U16:
      return cursor.read<uint16_t>();
    case ValueType::I16:
      return cursor.read<int16_t>();
    case ValueType::U32:
      return cursor.read<uint32_t>();
    case ValueType::I32:
      return cursor.read<int32_t>();
    case ValueType::U64:
    case ValueType::I64:
      return cursor.read<int64_t>();
    default:
      unknownType(type);
      return 0;
    }
  }

  void readTensor() {
    cursor.what = "the name of tensor " + std::to_string(file.tensors.size());
    GgufTensor tensor;
    tensor.name = cursor.readString();
    cursor.what = "tensor " + inQuotes(tensor.name);
    auto dimensions = cursor.read<uint32_t>();
    if (dimensions > mostDimensions)
      return cursor.refuse("expected at most 4 dimensions, found " + std::to_string(dimensions) +
                           " in " + cursor.what);
    for (uint32_t i = 0; i < dimensions; ++i)
      tensor.shape.push_back(cursor.read<int64_t>());
    std::ranges::reverse(tensor.shape);
    auto code = cursor.read<uint32_t>();
    if (cursor.failed())
      return;
    const TensorType *type = std::ranges::find(tensorTypes, code, &TensorType::code);
    if (type == std::end(tensorTypes) || !type->storage)
      return cursor.refuse(
          cursor.what + " is " +
          (type == std::end(tensorTypes) ? "of unknown type " + std::to_string(code) : type->name) +
          "; expected F32, F16, BF16, Q8_0, Q4_0, Q4_K or Q6_K, to which the model must be "
          "converted as a whole");
    tensor.storage = *type->storage;
    std::optional<int64_t> size = tensorBytes(tensor.storage, tensor.shape);
    if (!size)
      return cursor.refuse(cursor.what + ": shape " + shapeText(tensor.shape) +
                           " is negative or too large");
    int64_t columns = tensor.shape.empty() ? 1 : tensor.shape.back();
    int64_t multiple = std::max<int64_t>(tensor.storage.block, tensor.storage.rowMultiple());
    if (tensor.storage.isBlock() && columns % multiple != 0)
      return cursor.refuse(cursor.what + ": expected rows of a multiple of " +
                           std::to_string(multiple) + " for " + type->name + ", found shape " +
                           shapeText(tensor.shape));
    tensor.size = static_cast<uint64_t>(*size);
    tensor.offset = cursor.read<uint64_t>();
    file.tensors.push_back(std::move(tensor));
  }

  uint64_t alignment() {
    auto at = file.values.find("general.alignment");
    if (at == file.values.end())
      return defaultAlignment;
    auto *value = std::get_if<int64_t>(&at->second);
    if (value && *value >= 8 && *value <= (1 << 24) && std::has_single_bit(uint64_t(*value)))
      return static_cast<uint64_t>(*value);
    cursor.refuse("expected 'general.alignment' to be a power of two from 8 to 2^24" +
                  (value ? ", found " + std::to_string(*value) : ""));
    return defaultAlignment;
  }

  /// Turns offsets that count from the data into offsets in the file, checked.
  void placeTensors() {
    uint64_t unit = alignment();
    if (cursor.failed() || file.tensors.empty())
      return;
    uint64_t begin = (cursor.position() + unit - 1) / unit * unit;
    uint64_t room = begin <= bytes.size() ? bytes.size() - begin : 0;
    for (GgufTensor &tensor : file.tensors) {
      std::string name = "tensor " + inQuotes(tensor.name);
      if (tensor.offset % unit != 0)
        return cursor.refuse(name + ": expected an offset that is a multiple of " +
                             std::to_string(unit) + ", found " + std::to_string(tensor.offset));
      if (tensor.offset > room || tensor.size > room - tensor.offset)
        return cursor.refuse(name + ": expected " + std::to_string(tensor.size) +
                             " bytes at offset " + std::to_string(tensor.offset) +
                             ", found a file with " + std::to_string(room) +
                             " bytes of data; it is truncated");
      // An empty tensor after the last may lie, by its padding, beyond the file.
      tensor.offset = std::min<uint64_t>(begin + tensor.offset, bytes.size());
    }
    checkApart();
  }

  void checkApart() {
    std::vector<const GgufTensor *> sorted;
    for (const GgufTensor &tensor : file.tensors)
      sorted.push_back(&tensor);
    std::ranges::sort(sorted, {}, &GgufTensor::name);
    auto same = std::ranges::adjacent_find(sorted, {}, &GgufTensor::name);
    if (same != sorted.end())
      return cursor.refuse("tensor " + inQuotes((*same)->name) + " occurs twice");
    std::ranges::sort(sorted, {}, [](const GgufTensor *tensor) {
      return std::pair(tensor->offset, tensor->size);
    });
    for (size_t i = 1; i < sorted.size(); ++i)
      if (sorted[i - 1]->offset + sorted[i - 1]->size > sorted[i]->offset)
        return cursor.refuse("tensors " + inQuotes(sorted[i - 1]->name) + " and " +
                             inQuotes(sorted[i]->name) + " overlap");
  }

  std::span<const std::byte> bytes;
  Cursor cursor;
  uint64_t keyCount = 0;
  uint64_t keysRead = 0;
  uint64_t arrayElements = 0;
};

} // namespace

Result<GgufFile> readGguf(std::span<const std::byte> bytes, const std::string &file) {
  Reader reader(bytes);
  if (std::string problem = reader.read(); !problem.empty())
    return fail("'" + file + "' " + problem);
  return std::move(reader.file);
}

} // namespace weft
