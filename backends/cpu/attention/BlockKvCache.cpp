#include "backends/cpu/attention/BlockKvCache.h"

#include "backends/cpu/row/BlockEncoder.h"

using namespace mlir;

namespace weft::cpu {

void BlockKvCache::encode(function_ref<Val(int64_t, int64_t)> read, Scalar scaleType,
                          function_ref<void(int64_t, ArrayRef<Val>, Val)> body) {
  int64_t block = layout.storage.block, lanes = k.lanes();
  for (int64_t number = 0; number < layout.blocks; ++number) {
    SmallVector<Val> parts;
    for (int64_t i = 0; i < block; i += lanes) {
      int64_t first = number * block + i;
      int64_t count = std::clamp<int64_t>(layout.headDim - first, 0, lanes);
      Val zero = k.constant(k.floats(), 0);
      parts.push_back(count ? k.keepFirst(read(first, count), count) : zero);
    }
    EncodedBlock encoded = encodeBlock(k, parts, scaleType);
    body(number, encoded.codes, encoded.scale);
  }
}

void BlockKvCache::append(Val keyFrom, Val valueFrom, Val page, Val inPage) {
  int64_t lanes = k.lanes(), block = layout.storage.block;
  auto reader = [&](Val from) {
    return [&, from](int64_t d, int64_t count) {
      return k.loadFirst(k.floats(), from, k.index(4 * d), count);
    };
  };
  Val tile = k.address(page, layout.keyTile(inPage)), inTile = inPage % double(KvLayout::tile);
  Type scaleType = k.scalarType(layout.storage.scalar);
  Val row = k.scratch(codesPerRow());
  encode(reader(keyFrom), layout.storage.scalar,
         [&](int64_t number, ArrayRef<Val> codes, Val scale) {
           for (auto [i, code] : llvm::enumerate(codes))
             k.store(code.to(k.i8()), row, k.index(number * block + i * lanes), 1);
           k.store(scale.to(scaleType), tile, layout.keyScale(k.index(number), inTile),
                   layout.scaleBytes);
         });
  k.loop(k.index(0), k.index(layout.headDim), k.index(layout.depth),
         [&](Val d) { k.store(k.load(k.i32(), row, d), tile, layout.key(d, inTile)); });
  Val value = k.address(page, layout.value(inPage));
  encode(reader(valueFrom), layout.storage.scalar,
         [&](int64_t number, ArrayRef<Val> codes, Val scale) {
           for (auto [i, code] : llvm::enumerate(codes)) {
             int64_t first = number * block + i * lanes;
             if (first < layout.headDim)
               k.storeFirst(code.to(k.i8()), value, k.index(first),
                            std::min(lanes, layout.headDim - first), 1);
           }
           k.store(scale.to(scaleType), page, layout.valueScale(k.index(number), inPage),
                   layout.scaleBytes);
         });
}

void BlockKvCache::reserve(int64_t rows) {
  codes = k.scratch(rows * codesPerRow());
  scales = k.scratch(4 * rows * layout.blocks);
  sums = k.scratch(4 * rows * layout.blocks);
  weights = k.scratch(4 * rows * layout.blocks * KvLayout::page);
}

void BlockKvCache::loadQuery(Val row, function_ref<Val(int64_t, int64_t)> read, double scale) {
  int64_t block = layout.storage.block;
  encode(read, Scalar::F32, [&](int64_t number, ArrayRef<Val> parts, Val blockScale) {
    Val sum = parts.front().like(0);
    for (auto [i, code] : llvm::enumerate(parts)) {
      sum = sum + code;
      k.store(code.to(k.i8()), codes,
              row * double(codesPerRow()) + double(number * block + i * k.lanes()), 1);
    }
    k.store(blockScale * scale, scales, place(row, number));
    k.store(sumLanes(sum) * -128.0, sums, place(row, number));
  });
}

int64_t BlockKvCache::scoreRows() const {
  // A sum of integers and a score of 16 keys each.
  return k.target.registers / 4 / (KvLayout::tile / k.lanes());
}

SmallVector<Val> BlockKvCache::score(Val row, int64_t count, Val tile) {
  int64_t lanes = k.lanes(), parts = KvLayout::tile / lanes, block = layout.storage.block;
  auto bytes = k.vectorOf(layout.depth * lanes, k.i8());
  SmallVector<Val> scores(count * parts, k.constant(k.floats(), 0));
  for (int64_t number = 0; number < layout.blocks; ++number) {
    SmallVector<Val> products;
    for (int64_t r = 0; r < count; ++r) {
      Val start = dot.sumStart(k.load(k.i32(), sums, place(row + double(r), number)));
      products.append(parts, start.splat(lanes));
    }
    int64_t first = number * block, end = std::min(first + block, layout.headDim);
    for (int64_t d = first; d < end; d += layout.depth)
      for (int64_t p = 0; p < parts; ++p) {
        auto load = [&](int64_t) {
          return k.load(bytes, tile, layout.key(k.index(d), k.index(p * lanes)),
                        std::min<unsigned>(32, layout.depth * lanes));
        };
        Val keys = dot.unpack(0, load).front().codes;
        for (int64_t r = 0; r < count; ++r) {
          Val quad = k.load(k.i32(), codes, (row + double(r)) * double(codesPerRow()) + double(d));
          products[r * parts + p] = dot.accumulate(products[r * parts + p], keys, quad);
        }
      }
    for (int64_t p = 0; p < parts; ++p) {
      Val keyScales = k.loadScalars(layout.storage.scalar, lanes, tile,
                                    layout.keyScale(k.index(number), k.index(p * lanes)));
      for (int64_t r = 0; r < count; ++r) {
        Val factor = keyScales * k.load(k.f32(), scales, place(row + double(r), number));
        Val &score = scores[r * parts + p];
        score = fma(products[r * parts + p].to(k.f32()), factor, score);
      }
    }
  }
  return scores;
}

void BlockKvCache::storeWeights(Val values, Val row, Val page, Val inPage) {
  for (int64_t number = 0; number < layout.blocks; ++number) {
    Val factors = k.loadScalars(layout.storage.scalar, k.lanes(), page,
                                layout.valueScale(k.index(number), inPage));
    k.store(values * factors, weights, weightPlace(row, number, inPage));
  }
}

Val BlockKvCache::weight(Val row, Val inPage, int64_t d) {
  return k.load(k.f32(), weights, weightPlace(row, d / layout.storage.block, inPage));
}

} // namespace weft::cpu
