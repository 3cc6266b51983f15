#include "runtime/cli/Npy.h"

#include <bit>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace weft::cli {

static_assert(std::endian::native == std::endian::little, "rows are written as they lie");

std::string npyHeader(uint64_t rows, uint64_t columns) {
  std::string fields = fmt::format(
      "{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", rows, columns);
  constexpr size_t prefix = 10; // magic, version and the length of what follows
  fields.append(63 - (prefix + fields.size()) % 64, ' ');
  fields += '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  header += char(fields.size() & 0xff);
  header += char(fields.size() >> 8);
  return header + fields;
}

namespace {

tl::unexpected<Error> cannotWrite(const std::string &path) {
  return fail(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
}

/// The permissions that a plain open() would give; mkstemp gives only the owner's.
mode_t usualMode() {
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

} // namespace

Result<NpyWriter> NpyWriter::create(const std::string &path, uint64_t rows, uint64_t columns) {
  std::string temporary = path + ".XXXXXX";
  const int descriptor = mkstemp(temporary.data());
  if (descriptor < 0)
    return cannotWrite(path);
  fchmod(descriptor, usualMode());
  std::FILE *file = fdopen(descriptor, "wb");
  if (!file) {
    auto error = cannotWrite(path);
    ::close(descriptor);
    ::unlink(temporary.c_str());
    return error;
  }
  NpyWriter writer(path, temporary, file);
  const std::string header = npyHeader(rows, columns);
  if (std::fwrite(header.data(), 1, header.size(), file) != header.size())
    return cannotWrite(path);
  return writer;
}

NpyWriter::NpyWriter(NpyWriter &&other) noexcept
    : path(std::move(other.path)), temporary(std::move(other.temporary)),
      file(std::exchange(other.file, nullptr)) {}

NpyWriter::~NpyWriter() {
  if (!file)
    return;
  std::fclose(file);
  ::unlink(temporary.c_str());
}

Result<void> NpyWriter::append(std::span<const float> row) {
  if (std::fwrite(row.data(), sizeof(float), row.size(), file) != row.size())
    return cannotWrite(path);
  return {};
}

Result<void> NpyWriter::finish() {
  // A full disk may only show when the bytes really go there.
  if (std::fflush(file) != 0 || fsync(fileno(file)) != 0 ||
      std::rename(temporary.c_str(), path.c_str()) != 0)
    return cannotWrite(path);
  std::fclose(std::exchange(file, nullptr));
  return {};
}

} // namespace weft::cli
