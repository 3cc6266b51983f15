#include "frontend/safetensors/SafetensorsFile.h"

#include "frontend/Json.h"
#include "frontend/TensorSize.h"
#include "runtime/base/Quotes.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace weft {

namespace {

using nlohmann::json;

/// The format's own limit on the length of its header.
constexpr uint64_t longestHeader = 100'000'000;
constexpr size_t mostDimensions = 16;

struct Dtype {
  std::string_view name;
  /// Bits of an element.
  unsigned bits;
  std::optional<Storage> storage;
};

// clang-format off
const Dtype dtypes[] = {
    {"F32", 32, Storage::dense(Scalar::F32)},
    {"F16", 16, Storage::dense(Scalar::F16)},
    {"BF16", 16, Storage::dense(Scalar::BF16)},
    {"F64", 64, {}},   {"I64", 64, {}},    {"U64", 64, {}},     {"I32", 32, {}}, {"U32", 32, {}},
    {"I16", 16, {}},   {"U16", 16, {}},    {"I8", 8, {}},       {"U8", 8, {}},   {"BOOL", 8, {}},
    {"F8_E4M3", 8, {}}, {"F8_E5M2", 8, {}}, {"F8_E8M0", 8, {}}, {"C64", 64, {}},
};
// clang-format on

const Dtype *findDtype(std::string_view name) {
  const Dtype *at = std::ranges::find(dtypes, name, &Dtype::name);
  return at == std::end(dtypes) ? nullptr : at;
}

/// An entry while the header is being read. `begin` and `end` count from the data.
struct Described {
  SafetensorsEntry entry;
  std::vector<uint64_t> offsets;
  bool hasShape = false;
};

/// Collects the entries of a header event by event, so that memory stays in proportion to
/// the entries and nothing recurses.
class HeaderReader : public nlohmann::json_sax<json> {
public:
  std::vector<Described> described;
  std::string problem;

  bool null() override { return scalar("null"); }
  bool boolean(bool) override { return scalar("a boolean"); }
  bool number_integer(int64_t value) override {
    return inList() ? refuse("expected a size, found " + std::to_string(value))
                    : scalar("a number");
  }
  bool number_unsigned(uint64_t value) override {
    if (!inList())
      return scalar("a number");
    if (field == Field::Offsets) {
      described.back().offsets.push_back(value);
      return described.back().offsets.size() <= 2 || refuse("expected two data_offsets");
    }
    if (value > uint64_t(INT64_MAX))
      return refuse("dimension " + std::to_string(value) + " is too large");
    std::vector<int64_t> &shape = described.back().entry.shape;
    shape.push_back(static_cast<int64_t>(value));
    return shape.size() <= mostDimensions ||
           refuse("expected at most " + std::to_string(mostDimensions) + " dimensions");
  }
  bool number_float(double, const std::string &text) override {
    return inList() ? refuse("expected a size, found " + text) : scalar("a number");
  }
  bool string(std::string &value) override {
    if (depth == 2 && field == Field::Dtype) {
      described.back().entry.dtype = value;
      return true;
    }
    return inList() ? refuse("expected a size, found a string") : scalar("a string");
  }
  bool binary(json::binary_t &) override { return scalar("binary"); }

  bool start_object(size_t) override {
    if (depth == 1) {
      inMetadata = name == "__metadata__";
      if (!inMetadata) {
        described.emplace_back();
        described.back().entry.name = name;
      }
      field = Field::Ignored;
    } else if (depth >= 2 && field != Field::Ignored) {
      return refuse("found an object where " + expected());
    }
    return deeper();
  }
  bool key(std::string &value) override {
    if (depth == 1) {
      name = value;
    } else if (depth == 2) {
      field = inMetadata                ? Field::Ignored
              : value == "dtype"        ? Field::Dtype
              : value == "shape"        ? Field::Shape
              : value == "data_offsets" ? Field::Offsets
                                        : Field::Ignored;
      if (field != Field::Ignored && !firstOf(field))
        return refuse("found " + inQuotes(value) + " twice");
    }
    return true;
  }
  bool end_object() override { return --depth, true; }
  bool start_array(size_t) override {
    if (depth == 0)
      return refuse("expected an object, found an array");
    if (depth == 1)
      return refuse("expected an object for it, found an array");
    if (field == Field::Dtype || (depth > 2 && field != Field::Ignored))
      return refuse("found an array where " + expected());
    if (field == Field::Shape)
      described.back().hasShape = true;
    return deeper();
  }
  bool end_array() override { return --depth, true; }
  bool parse_error(size_t, const std::string &, const nlohmann::detail::exception &e) override {
    if (problem.empty())
      problem = "is not JSON: " + jsonProblem(e);
    return false;
  }

private:
  enum class Field { Ignored, Dtype, Shape, Offsets };

  bool inList() const { return depth == 3 && (field == Field::Shape || field == Field::Offsets); }
  bool firstOf(Field which) const {
    const Described &last = described.back();
    return which == Field::Dtype     ? last.entry.dtype.empty()
           : which == Field::Shape   ? !last.hasShape
           : which == Field::Offsets ? last.offsets.empty()
                                     : true;
  }
  std::string expected() const {
    return field == Field::Dtype ? "the name of a type is expected" : "a list of sizes is expected";
  }
  bool scalar(const char *what) {
    if (depth == 0)
      return refuse(std::string("expected an object, found ") + what);
    if (depth == 1)
      return refuse(std::string("expected an object for it, found ") + what);
    if (field != Field::Ignored)
      return refuse(std::string("found ") + what + " where " + expected());
    return true;
  }
  bool deeper() {
    constexpr unsigned deepest = 16;
    return ++depth <= deepest ||
           refuse("is nested deeper than " + std::to_string(deepest) + " levels");
  }
  bool refuse(std::string what) {
    problem = (depth > 0 ? "tensor " + inQuotes(name) + ": " : "") + std::move(what);
    return false;
  }

  std::string name;
  Field field = Field::Ignored;
  unsigned depth = 0;
  bool inMetadata = false;
};

/// Checks one entry and gives it its place in the file; what is wrong, or nothing.
std::string place(Described &described, uint64_t dataBegin, uint64_t dataSize) {
  SafetensorsEntry &entry = described.entry;
  if (entry.dtype.empty())
    return "has no dtype";
  if (!described.hasShape)
    return "has no shape";
  if (described.offsets.size() != 2)
    return "expected two data_offsets, found " + std::to_string(described.offsets.size());
  uint64_t begin = described.offsets[0], end = described.offsets[1];
  if (begin > end || end > dataSize)
    return "data_offsets [" + std::to_string(begin) + ", " + std::to_string(end) +
           "] lie outside the " + std::to_string(dataSize) + " bytes of data in the file";
  entry.offset = dataBegin + begin;
  entry.size = end - begin;

  std::optional<int64_t> elements = elementCount(entry.shape);
  if (!elements)
    return "shape " + shapeText(entry.shape) + " is too large";
  const Dtype *dtype = findDtype(entry.dtype);
  if (!dtype)
    return "";
  uint64_t expected = static_cast<uint64_t>(*elements) * (dtype->bits / 8);
  if (entry.size != expected)
    return "expected " + std::to_string(expected) + " bytes for " + entry.dtype + " of shape " +
           shapeText(entry.shape) + ", found " + std::to_string(entry.size);
  entry.storage = dtype->storage;
  return "";
}

} // namespace

Result<std::vector<SafetensorsEntry>> readSafetensors(std::span<const std::byte> bytes,
                                                      const std::string &file) {
  auto problem = [&](const std::string &what) { return fail("'" + file + "': " + what); };
  if (bytes.size() < 8)
    return problem("expected a safetensors header, found " + std::to_string(bytes.size()) +
                   " bytes");
  uint64_t headerSize = 0;
  for (unsigned i = 0; i < 8; ++i)
    headerSize |= std::to_integer<uint64_t>(bytes[i]) << (8 * i);
  uint64_t rest = bytes.size() - 8;
  if (headerSize > longestHeader)
    return problem("expected a safetensors header of at most " + std::to_string(longestHeader) +
                   " bytes, found a length of " + std::to_string(headerSize) +
                   "; is it a safetensors file?");
  if (headerSize > rest)
    return problem("expected a header of " + std::to_string(headerSize) + " bytes, found " +
                   std::to_string(rest) + "; the file is truncated");

  HeaderReader reader;
  const char *header = reinterpret_cast<const char *>(bytes.data()) + 8;
  if (!json::sax_parse(header, header + headerSize, &reader))
    return problem("safetensors header " + reader.problem);

  uint64_t dataBegin = 8 + headerSize, dataSize = rest - headerSize;
  std::vector<SafetensorsEntry> entries;
  entries.reserve(reader.described.size());
  for (Described &described : reader.described) {
    if (std::string what = place(described, dataBegin, dataSize); !what.empty())
      return problem("tensor " + inQuotes(described.entry.name) + ": " + what);
    entries.push_back(std::move(described.entry));
  }

  std::vector<const SafetensorsEntry *> sorted;
  for (const SafetensorsEntry &entry : entries)
    sorted.push_back(&entry);
  std::ranges::sort(sorted, {}, &SafetensorsEntry::name);
  auto same = std::ranges::adjacent_find(sorted, {}, &SafetensorsEntry::name);
  if (same != sorted.end())
    return problem("tensor " + inQuotes((*same)->name) + " occurs twice");

  std::ranges::sort(sorted, {}, [](const SafetensorsEntry *entry) {
    return std::pair(entry->offset, entry->size);
  });
  uint64_t at = dataBegin;
  for (const SafetensorsEntry *entry : sorted) {
    if (entry->offset != at)
      return problem("tensor " + inQuotes(entry->name) + ": expected data at byte " +
                     std::to_string(at) + " of the file, where the one before it ends, found " +
                     std::to_string(entry->offset));
    at += entry->size;
  }
  if (at != bytes.size())
    return problem("expected the data to end at byte " + std::to_string(at) + ", found a file of " +
                   std::to_string(bytes.size()) + " bytes");
  return entries;
}

} // namespace weft
