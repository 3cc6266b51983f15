// Names and sums of what an artifact holds, for people.
#pragma once

#include "runtime/artifact/Artifact.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weft::cli {

/// "f32", "bf16 tiled 16x2", "q8 (block 32, f16 scales) tiled 16x4".
std::string describe(const schema::Storage &storage);
/// How a parameter is stored, which may be "q4 (levels, block 64, f16 scales)" or "q4_K
/// (block 32, super-block 256, f16 scales)" as well.
std::string describe(const schema::Parameter &parameter);
/// "2.50 MiB"; bytes below a KiB as they are.
std::string readableBytes(uint64_t bytes);
/// "1234567" with commas: "1,234,567".
std::string grouped(uint64_t number);
/// Each of the non-zero terms: "1024 + 512 * tokens".
std::string formula(const schema::Size &size);
/// "tokens", "parameter 3 (layers.0.q)", "arena + 1024", "logits", "state 0 (layers.0.kv)".
std::string describe(const schema::Binding &binding, const schema::Artifact &artifact,
                     const schema::Entry &entry);
/// "4 * ceil(tokens / 16)".
std::string describe(const schema::Grid &grid);

std::string_view nameOf(schema::PortKind kind);

/// The parameters of one storage.
struct Format {
  std::string name;
  uint64_t tensors = 0;
  uint64_t weights = 0; // elements
  uint64_t bytes = 0;
};

/// All parameters by storage, most bytes first.
std::vector<Format> formatsOf(const schema::Artifact &artifact);

} // namespace weft::cli
