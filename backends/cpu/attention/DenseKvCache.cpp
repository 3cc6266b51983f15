#include "backends/cpu/attention/DenseKvCache.h"

using namespace mlir;

namespace weft::cpu {

void DenseKvCache::append(Val keyFrom, Val valueFrom, Val page, Val inPage) {
  Val tile = k.address(page, layout.keyTile(inPage)), inTile = inPage % double(KvLayout::tile);
  Val value = k.address(page, layout.value(inPage));
  k.loop(k.index(0), k.index(layout.headDim), k.index(1), [&](Val d) {
    auto store = [&](Val from, Val base, Val offset) {
      k.store(k.load(k.f32(), from, d * 4).to(element), base, offset, layout.elementBytes);
    };
    store(keyFrom, tile, layout.key(d, inTile));
    store(valueFrom, value, d * double(layout.elementBytes));
  });
}

void DenseKvCache::reserve(int64_t rows) {
  queries = k.scratch(4 * rows * paddedDim());
  weights = k.scratch(4 * rows * KvLayout::page);
}

void DenseKvCache::loadQuery(Val row, function_ref<Val(int64_t, int64_t)> read, double scale) {
  for (int64_t d = 0; d < layout.headDim; d += k.lanes()) {
    Val x = read(d, std::min(k.lanes(), layout.headDim - d));
    k.store(x * scale, queries, (row * double(paddedDim()) + double(d)) * 4);
  }
}

int64_t DenseKvCache::scoreRows() const {
  return k.target.registers / 2 / (KvLayout::tile / k.lanes()); // An accumulator of 16 keys each.
}

SmallVector<Val> DenseKvCache::score(Val row, int64_t count, Val tile) {
  int64_t lanes = k.lanes(), parts = KvLayout::tile / lanes;
  SmallVector<Val> zeros(count * parts, k.constant(k.floats(), 0));
  return k.loop(
      k.index(0), k.index(layout.headDim), k.index(1), zeros, [&](Val d, ArrayRef<Val> carried) {
        SmallVector<Val> next(carried);
        for (int64_t p = 0; p < parts; ++p) {
          Val x = k.load(k.vectorOf(lanes, element), tile, layout.key(d, k.index(p * lanes)),
                         lanes * layout.elementBytes)
                      .to(k.f32());
          for (int64_t r = 0; r < count; ++r) {
            Val query = k.load(k.f32(), queries, ((row + double(r)) * double(paddedDim()) + d) * 4);
            next[r * parts + p] = fma(x, query, next[r * parts + p]);
          }
        }
        return next;
      });
}

void DenseKvCache::storeWeights(Val values, Val row, Val, Val inPage) {
  k.store(values, weights, (row * double(KvLayout::page) + inPage) * 4);
}

Val DenseKvCache::weight(Val row, Val inPage, int64_t) {
  return k.load(k.f32(), weights, (row * double(KvLayout::page) + inPage) * 4);
}

} // namespace weft::cpu
