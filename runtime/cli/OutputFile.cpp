#include "runtime/cli/OutputFile.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace weft::cli {

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

Result<OutputFile> OutputFile::create(const std::string &path) {
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
  return OutputFile(path, temporary, file);
}

OutputFile::OutputFile(OutputFile &&other) noexcept
    : path(std::move(other.path)), temporary(std::move(other.temporary)),
      file(std::exchange(other.file, nullptr)) {}

OutputFile::~OutputFile() {
  if (!file)
    return;
  std::fclose(file);
  ::unlink(temporary.c_str());
}

Result<void> OutputFile::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size())
    return cannotWrite(path);
  return {};
}

Result<void> OutputFile::finish() {
  // A full disk may only show when the bytes really go there.
  if (std::fflush(file) != 0 || fsync(fileno(file)) != 0 ||
      std::rename(temporary.c_str(), path.c_str()) != 0)
    return cannotWrite(path);
  std::fclose(std::exchange(file, nullptr));
  return {};
}

Result<void> writeFile(const std::string &path, std::string_view bytes) {
  auto file = OutputFile::create(path);
  if (!file)
    return failFrom(file);
  if (auto done = file->write(bytes); !done)
    return done;
  return file->finish();
}

} // namespace weft::cli
