// Generates code that rounds numbers to blocks of 8-bit codes, as BlockCodec does.
#pragma once

#include "backends/Backend.h"
#include "backends/cpu/KernelBuilder.h"

namespace weft::cpu {

/// The codes and the scale of one encoded block.
struct EncodedBlock {
  llvm::SmallVector<Val> codes; // i32
  Val scale;                    // f32, exactly representable in the scale's type
};

/// Encodes a block, given as vectors of f32 with zeros after its end. The result has the same bits
/// as ir/storage/BlockCodec.h.
EncodedBlock encodeBlock(KernelBuilder &k, llvm::ArrayRef<Val> parts, Scalar scaleType);

} // namespace weft::cpu
