// Sizes of stored matrices as the runtime sees them: the formulas of ir/storage/Storage.h
// over the schema's types, on numbers that come from a file.
#pragma once

#include "runtime/artifact/artifact_generated.h"
#include "runtime/base/Checked.h"
#include "runtime/base/Error.h"

namespace weft {

/// Blocks that share a scale: none by default.
struct SuperBlocks {
  uint16_t super = 0;
  bool mins = false;
};

/// Errors: fields that no format has (an unknown scalar, 5 bits, a tile of no rows, ...).
Result<void> verifyStorage(const schema::Storage &storage, SuperBlocks blocks = {});

/// Least bytes that a matrix takes, tile and block padding included. Rows of super-blocks
/// are whole ones. `storage` passed
/// verifyStorage().
Checked storageBytes(const schema::Storage &storage, uint64_t rows, uint64_t columns,
                     SuperBlocks blocks = {});

} // namespace weft
