#include "runtime/cli/report/Npy.h"

#include <bit>
#include <fmt/format.h>

namespace weft::cli {

static_assert(std::endian::native == std::endian::little, "rows are written as they lie");

std::string npyHeader(uint64_t rows, uint64_t columns) {
  std::string fields =
      fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", rows, columns);
  constexpr size_t prefix = 10; // magic, version and the length of what follows
  fields.append(63 - (prefix + fields.size()) % 64, ' ');
  fields += '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  header += char(fields.size() & 0xff);
  header += char(fields.size() >> 8);
  return header + fields;
}

Result<NpyWriter> NpyWriter::create(const std::string &path, uint64_t rows, uint64_t columns) {
  auto file = NewFile::create(path);
  if (!file)
    return failFrom(file);
  if (auto done = file->append(npyHeader(rows, columns)); !done)
    return failFrom(done);
  return NpyWriter(std::move(*file));
}

Result<void> NpyWriter::append(std::span<const float> row) {
  return file.append(std::as_bytes(row));
}

} // namespace weft::cli
