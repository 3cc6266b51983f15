// Where tests find their files.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace weft::test {

/// A file or folder of the models shared between checkouts: below $WEFT_SHARED, or below
/// `shared` beside the source tree.
inline std::filesystem::path sharedPath(const std::string &relative) {
  const char *given = std::getenv("WEFT_SHARED");
  std::filesystem::path root =
      given ? std::filesystem::path(given) : std::filesystem::path(WEFT_SOURCE_DIR) / "../shared";
  return root / relative;
}

/// Whether tests that otherwise run a part of their cases run all of them: scripts/test-long.sh
/// asks for it.
inline bool everyCaseWanted() {
  const char *given = std::getenv("WEFT_EVERY_CASE");
  return given && *given;
}

/// A fresh folder, removed with all it holds on destruction.
class TemporaryFolder {
public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "weft-test-XXXXXX").string();
    if (!::mkdtemp(name.data()))
      std::abort();
    root = name;
  }
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(root, ignored);
  }

  const std::filesystem::path &path() const { return root; }
  std::string file(const std::string &name) const { return (root / name).string(); }

private:
  std::filesystem::path root;
};

} // namespace weft::test
