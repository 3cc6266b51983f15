// A KV cache of 8-bit codes in blocks with scales.
#pragma once

#include "backends/cpu/attention/KvCache.h"
#include "backends/cpu/product/IntegerDot.h"

namespace weft::cpu {

/// Rounds queries to blocks too, so that scores are sums of integer products. Values are decoded
/// when they are accumulated, with their scales multiplied into the attention weights.
class BlockKvCache : public KvCache {
public:
  BlockKvCache(KernelBuilder &k, KvType type) : KvCache(k, type, k.i8()), dot(k, layout.storage) {}

  void append(Val keyFrom, Val valueFrom, Val page, Val inPage) override;
  void reserve(int64_t rows) override;
  void loadQuery(Val row, llvm::function_ref<Val(int64_t, int64_t)> read, double scale) override;
  int64_t scoreRows() const override;
  llvm::SmallVector<Val> score(Val row, int64_t count, Val tile) override;
  void storeWeights(Val weights, Val row, Val page, Val inPage) override;
  Val weight(Val row, Val inPage, int64_t d) override;

private:
  /// Encodes a vector of a head; `read` is as in loadQuery(). Calls body(block, codes, scale) for
  /// each block, with i32 codes in vectors of lanes().
  void encode(llvm::function_ref<Val(int64_t, int64_t)> read, Scalar scaleType,
              llvm::function_ref<void(int64_t, llvm::ArrayRef<Val>, Val)> body);
  /// Returns the number of codes in the blocks of one row.
  int64_t codesPerRow() const { return layout.blocks * layout.storage.block; }
  Val place(Val row, int64_t block) { return (row * double(layout.blocks) + double(block)) * 4; }

  Val weightPlace(Val row, int64_t block, Val inPage) {
    return place(row, block) * double(KvLayout::page) + inPage * 4;
  }

  IntegerDotProduct dot;
  // Buffers on the stack. Of queries: codes i8 [row][codesPerRow], scales f32 [row][blocks], sums
  // of the codes times -128 i32 [row][blocks]. Attention weights times the scales of values: f32
  // [row][blocks][page].
  Val codes, scales, sums, weights;
};

} // namespace weft::cpu
