// Rounding numbers to blocks of 8-bit codes, as BlockCodec does.
#pragma once

#include "backends/Backend.h"
#include "backends/cpu/KernelBuilder.h"

namespace weft::cpu {

struct EncodedBlock {
  llvm::SmallVector<Val> codes; // i32
  Val scale;                    // f32 that the scale's type holds exactly
};

/// Encodes a block, given as vectors of f32 with zeros past its end. Bits are those of
/// ir/storage/BlockCodec.h.
EncodedBlock encodeBlock(KernelBuilder &k, llvm::ArrayRef<Val> parts, Scalar scaleType);

} // namespace weft::cpu
