// Any bytes as the metadata of an artifact: no crash, no read outside them, errors of one
// line. (Hashes keep random bytes out of a whole file, so the check behind them is called.)
#include "runtime/artifact/Verify.h"

#include <cstdlib>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // The reader's metadata begins at a multiple of 8 within its mapping.
  std::vector<uint64_t> aligned((size + 7) / 8 + 1);
  std::copy(data, data + size, reinterpret_cast<uint8_t *>(aligned.data()));
  auto bytes = std::as_bytes(std::span(aligned)).first(size);
  weft::Result<const weft::schema::Artifact *> artifact = weft::verify::metadata(bytes);
  if (!artifact && artifact.error().message.find('\n') != std::string::npos)
    std::abort();
  return 0;
}
