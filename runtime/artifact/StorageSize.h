// Sizes of stored matrices: the formulas of ir/storage/Storage.h again for the schema's types, with
// overflow checks, as the numbers come from a file.
#pragma once

#include "runtime/artifact/artifact_generated.h"
#include "runtime/base/Checked.h"
#include "runtime/base/Error.h"

namespace weft {

/// The super-blocks of a storage (Q4_K, Q6_K).
struct SuperBlocks {
  uint16_t super = 0; ///< blocks that share a scale of scales; 0: no super-blocks
  bool mins = false;  ///< whether each block has a minimum besides its scale
};

/// Checks that `storage` is one that exists. Errors: an unknown scalar, 5 bits, tiles of zero rows
/// and the like.
Result<void> verifyStorage(const schema::Storage &storage, SuperBlocks blocks = {});

/// Returns the bytes that a matrix of `rows` by `columns` takes at least, with padding to whole
/// tiles, blocks and super-blocks. `storage` must have passed verifyStorage().
Checked storageBytes(const schema::Storage &storage, uint64_t rows, uint64_t columns,
                     SuperBlocks blocks = {});

} // namespace weft
