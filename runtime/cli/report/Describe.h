// Descriptions of an artifact's contents, for people.
#pragma once

#include "runtime/artifact/Artifact.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weft::cli {

/// Describes a storage: "f32", "bf16 tiled 16x2", "q8 (block 32, f16 scales) tiled 16x4".
std::string describe(const schema::Storage &storage);
/// Describes how a parameter is stored; besides the above, "q4 (levels, block 64, f16 scales)" or
/// "q4_K (block 32, super-block 256, f16 scales)".
std::string describe(const schema::Parameter &parameter);
/// Returns "2.50 MiB"; below 1 KiB the number of bytes.
std::string readableBytes(uint64_t bytes);
/// Returns `number` with commas: "1,234,567".
std::string grouped(uint64_t number);
/// Returns the non-zero terms of a size formula: "1024 + 512 * tokens".
std::string formula(const schema::Size &size);
/// Describes a binding: "tokens", "parameter 3 (layers.0.q)", "arena + 1024", "logits", "state 0
/// (layers.0.kv)".
std::string describe(const schema::Binding &binding, const schema::Artifact &artifact,
                     const schema::Entry &entry);
/// Describes the workgroups of a grid: "4 * ceil(tokens / 16)".
std::string describe(const schema::Grid &grid);

/// Returns the name of a kind of port.
std::string_view nameOf(schema::PortKind kind);

/// Totals of the parameters with one storage.
struct Format {
  std::string name;
  uint64_t tensors = 0;
  uint64_t weights = 0; // elements
  uint64_t bytes = 0;
};

/// Returns the totals for each storage, most bytes first.
std::vector<Format> formatsOf(const schema::Artifact &artifact);

} // namespace weft::cli
