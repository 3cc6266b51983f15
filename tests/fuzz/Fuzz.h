// What all fuzzers ask of what they try.
#pragma once

#include "runtime/base/Error.h"
#include "tests/Shared.h"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace weft::fuzz {

/// Ends the program, which libFuzzer takes for a crash, where a promise is not kept.
inline void require(bool promise) {
  if (!promise)
    std::abort();
}

/// Errors are one line, and say something.
inline void requireOneLine(const Error &error) {
  require(!error.message.empty() && error.message.find('\n') == std::string::npos);
}

inline std::string_view textOf(const uint8_t *data, size_t size) {
  return {reinterpret_cast<const char *>(data), size};
}

inline void writeFile(const std::string &path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), std::streamsize(bytes.size()));
  out.close();
  require(out.good());
}

/// A folder for the files of an input, in memory where there is such a file system: thousands are
/// written in a second. A crash leaves it behind.
inline test::TemporaryFolder &scratchFolder() {
  static test::TemporaryFolder folder = [] {
    if (std::filesystem::is_directory("/dev/shm"))
      ::setenv("TMPDIR", "/dev/shm", /*overwrite=*/0);
    return test::TemporaryFolder();
  }();
  return folder;
}

} // namespace weft::fuzz
