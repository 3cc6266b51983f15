// A KV cache of floating-point numbers.
#pragma once

#include "backends/cpu/attention/KvCache.h"

namespace weft::cpu {

/// Computes with the stored keys and values as f32.
class DenseKvCache : public KvCache {
public:
  DenseKvCache(KernelBuilder &k, KvType type) : KvCache(k, type, type.getElement()) {}

  void append(Val keyFrom, Val valueFrom, Val page, Val inPage) override;
  void reserve(int64_t rows) override;
  void loadQuery(Val row, llvm::function_ref<Val(int64_t, int64_t)> read, double scale) override;
  int64_t scoreRows() const override;
  llvm::SmallVector<Val> score(Val row, int64_t count, Val tile) override;
  void storeWeights(Val weights, Val row, Val page, Val inPage) override;
  Val weight(Val row, Val inPage, int64_t d) override;

private:
  int64_t paddedDim() const { return llvm::alignTo(layout.headDim, k.lanes()); }
  // Buffers on the stack: queries f32 [row][paddedDim], attention weights f32 [row][page].
  Val queries, weights;
};

} // namespace weft::cpu
