// Products with weights in super-blocks: element = (scale * sub-scale) * (code - bias), and
// with minima, less scale of minima * minimum. A minimum is the same for all of a block, so it
// takes part once, with the sum of the activations' codes.

#include "backends/Backend.h"
#include "backends/cpu/product/IntegerDot.h"
#include "backends/cpu/product/ProductKernel.h"

using namespace mlir;

namespace weft::cpu {

ProductKernel::Accumulators ProductKernel::multiplySuperBlocks(const Stream &stream, Val rows,
                                                               int64_t count) {
  int64_t super = stream.storage.super, groups = input.blocksPerRow(depth) / super;
  int64_t together = super % schedule.blocks == 0 ? schedule.blocks : 1;
  SmallVector<Val> sums(parts * count, k.constant(k.floats(), 0));
  Val inputSums = k.scratch(count * super * 4);
  return k.loop(k.index(0), k.index(groups), k.index(1), sums, [&](Val group, ArrayRef<Val> outer) {
    int64_t bytes = SuperTile(stream.storage).bytes;
    Val first = group * double(super), base = group * double(bytes);
    askAhead(stream.base, base, bytes);
    storeInputSums(stream.storage, rows, first, count, inputSums);
    auto add = [&](Val block, ArrayRef<Val> carried) {
      SmallVector<Val> next(carried);
      for (int64_t i = 0; i < together; ++i) {
        Val here = i ? block + double(i) : block;
        multiplyInSuperBlock(stream, base, here, rows, first + here, inputSums, next);
      }
      return next;
    };
    // A loop, not all blocks one after the other: for many tokens they would not fit the
    // first-level cache of instructions.
    return k.loop(k.index(0), k.index(super), k.index(together), outer, add);
  });
}

void ProductKernel::storeInputSums(const Storage &weights, Val rows, Val first, int64_t count,
                                   Val to) {
  int64_t blocks = input.blocksPerRow(depth), rowBytes = input.rowBytes(depth);
  IntegerDotProduct dot(k, weights);
  for (int64_t c = 0; c < count; ++c) {
    Val at = first * 4 + double(c * rowBytes + blocks * input.block);
    Val sums = k.load(k.vectorOf(weights.super, k.i32()), rows, at + double(blocks * 4));
    if (weights.mins) {
      // They are negative already: sums of codes times -128.
      Val scales = k.load(k.vectorOf(weights.super, k.f32()), rows, at);
      sums = sums.to(k.f32()) * (scales * (1.0 / 128 / dot.resultScale()));
    } else {
      sums = dot.sumStart(sums);
    }
    k.store(sums, to, k.index(c * weights.super * 4));
  }
}

void ProductKernel::multiplyInSuperBlock(const Stream &stream, Val base, Val block, Val rows,
                                         Val number, Val inputSums, Accumulators &sums) {
  const Storage &storage = stream.storage;
  SuperTile tile(storage);
  int64_t lanes = k.lanes(), count = sums.size() / parts;
  // A byte for each row and block times an f16 for each row.
  auto scaleOf = [&](int64_t scalesAt, int64_t bytesAt, int64_t part) {
    Val scale = k.load(k.vectorOf(lanes, k.builder.getF16Type()), stream.base,
                       base + double(scalesAt + part * lanes * 2), 2)
                    .to(k.f32());
    Val bytes = k.load(k.vectorOf(lanes, k.i8()), stream.base,
                       base + block * double(tileRows) + double(bytesAt + part * lanes), 1);
    Val whole = storage.mins ? bytes.toUnsigned(k.i32()) : bytes.to(k.i32());
    return scale * whole.to(k.f32());
  };

  auto inputSum = [&](Type type, int64_t c) {
    return k.load(type, inputSums, block * 4 + double(c * storage.super * 4)).splat(lanes);
  };

  SmallVector<Val> starts;
  for (int64_t c = 0; c < count; ++c)
    starts.push_back(storage.mins ? k.constant(k.vectorOf(lanes, k.i32()), 0)
                                  : inputSum(k.i32(), c));
  Val codes = base + double(tile.codes) + block * double(tile.blockCodes);
  SmallVector<Val> integers = sumCodes(stream, codes, rows, number, starts);
  for (int64_t p = 0; p < parts; ++p) {
    Val scale = scaleOf(0, tile.scales, p);
    for (int64_t c = 0; c < count; ++c) {
      Val &sum = sums[p * count + c];
      sum = fma(integers[c * parts + p].to(k.f32()), scale * inputScale(rows, number, c), sum);
    }
  }
  if (!storage.mins)
    return;
  for (int64_t p = 0; p < parts; ++p) {
    Val least = scaleOf(tile.minScales, tile.mins, p);
    for (int64_t c = 0; c < count; ++c)
      sums[p * count + c] = fma(least, inputSum(k.f32(), c), sums[p * count + c]);
  }
}

} // namespace weft::cpu
