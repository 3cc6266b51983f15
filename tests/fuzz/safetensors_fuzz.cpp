// Any bytes as a safetensors file: no crash, no read outside them. What is accepted must
// keep the promises of SafetensorsFile.h.
#include "Fuzz.h"
#include "frontend/safetensors/SafetensorsFile.h"

using namespace weft::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::span<const std::byte> bytes(reinterpret_cast<const std::byte *>(data), size);
  weft::Result<std::vector<weft::SafetensorsEntry>> entries =
      weft::readSafetensors(bytes, "fuzz.safetensors");
  if (!entries) {
    requireOneLine(entries.error());
    return 0;
  }
  uint64_t covered = 0;
  for (const weft::SafetensorsEntry &entry : *entries) {
    require(entry.offset <= size && entry.size <= size - entry.offset);
    covered += entry.size;
    if (!entry.storage)
      continue;
    int64_t elements = 1;
    for (int64_t dimension : entry.shape)
      elements *= dimension;
    require(entry.storage->bytes(1, elements) == static_cast<int64_t>(entry.size));
  }
  require(covered <= size - 8);
  return 0;
}
