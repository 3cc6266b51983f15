// A file that is there whole or not at all.
#pragma once

#include "runtime/artifact/Error.h"

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace weft::cli {

/// Writes to a temporary file beside `path`, and renames it over `path` in finish().
/// Destroyed before that, it removes the temporary file. Not thread-safe.
class OutputFile {
public:
  static Result<OutputFile> create(const std::string &path);
  OutputFile(OutputFile &&other) noexcept;
  OutputFile &operator=(OutputFile &&) = delete;
  ~OutputFile();

  /// Errors: a full disk.
  Result<void> write(std::string_view bytes);
  Result<void> finish();

private:
  OutputFile(std::string path, std::string temporary, std::FILE *file)
      : path(std::move(path)), temporary(std::move(temporary)), file(file) {}

  std::string path, temporary;
  std::FILE *file = nullptr;
};

/// The whole of a file at once.
Result<void> writeFile(const std::string &path, std::string_view bytes);

} // namespace weft::cli
