// Rotary positions, and remembering keys and values.

#include "backends/cpu/VectorMath.h"
#include "backends/cpu/attention/KvCache.h"
#include "backends/cpu/row/RowKernel.h"

using namespace mlir;

namespace weft::cpu {

void RowKernel::ropeTable(RopeTableOp op) {
  const RowValue frequencies = row(op.getFrequencies());
  int64_t count = frequencies.columns;
  Type f64 = k.builder.getF64Type();
  Val position = integer(op.getPositions()).to(f64);
  defineInMemory(op.getResult(), [&](Val base) {
    forColumns(count, [&](Val column, int64_t active) {
      Val angle = frequencies.read(column, active).to(f64) * position;
      auto [cosine, sine] = cosineAndSine(angle);
      k.storeFirst(cosine.to(k.f32()), base, column * 4, active);
      k.storeFirst(sine.to(k.f32()), base, (column + double(count)) * 4, active);
    });
  });
}

void RowKernel::rope(RopeOp op) {
  const RowValue in = row(op.getInput()), table = row(op.getTable());
  int64_t heads = op.getHeads(), headDim = in.columns / heads, frequencies = table.columns / 2;
  defineInMemory(op.getResult(), [&](Val out) {
    k.loop(k.index(0), k.index(in.columns), k.index(headDim), [&](Val head) {
      if (op.getPairs() == RopePairs::Halves)
        ropeHalves(in, table, out, head, frequencies);
      else
        ropeNeighbours(in, table, out, head, frequencies);
      forColumns(headDim - 2 * frequencies, [&](Val column, int64_t count) {
        Val place = head + 2 * frequencies + column;
        k.storeFirst(in.read(place, count), out, place * 4, count);
      });
    });
  });
}

void RowKernel::ropeHalves(const RowValue &in, const RowValue &table, Val out, Val head,
                           int64_t frequencies) {
  forColumns(frequencies, [&](Val f, int64_t count) {
    Val low = head + f, high = low + double(frequencies);
    Val a = in.read(low, count), b = in.read(high, count);
    Val cosine = table.read(f, count), sine = table.read(f + double(frequencies), count);
    k.storeFirst(a * cosine - b * sine, out, low * 4, count);
    k.storeFirst(a * sine + b * cosine, out, high * 4, count);
  });
}

void RowKernel::ropeNeighbours(const RowValue &in, const RowValue &table, Val out, Val head,
                               int64_t frequencies) {
  int64_t lanes = k.lanes();
  SmallVector<int64_t> twice, swapped;
  SmallVector<Val> none;
  for (int64_t i = 0; i < lanes; ++i) {
    twice.push_back(i / 2);
    swapped.push_back(i ^ 1);
  }
  forColumns(2 * frequencies, [&](Val column, int64_t count) {
    Val x = in.read(head + column, count), half = column / 2.0;
    Val cosine = table.read(half, count / 2),
        sine = table.read(half + double(frequencies), count / 2);
    cosine = cosine.shuffle(cosine, twice);
    sine = sine.shuffle(sine, twice);
    // Even lanes hold a and become a cos - b sin, odd ones b: b cos + a sin.
    Val other = x.shuffle(x, swapped) * sine;
    Val difference = x * cosine - other, sum = x * cosine + other;
    SmallVector<int64_t> blend;
    for (int64_t i = 0; i < lanes; ++i)
      blend.push_back(i % 2 ? lanes + i : i);
    k.storeFirst(difference.shuffle(sum, blend), out, (head + column) * 4, count);
  });
}

void RowKernel::append(AppendOp op) {
  std::unique_ptr<KvCache> cache = KvCache::create(k, op.getState().getType());
  const KvLayout &layout = cache->layout;
  auto inMemoryRow = [&](Value value) {
    const RowValue from = row(value);
    if (from.base)
      return from;
    Val base = k.scratch(4 * from.columns);
    forColumns(from.columns, [&](Val column, int64_t count) {
      k.storeFirst(from.read(column, count), base, column * 4, count);
    });
    return inMemory(base, from.columns);
  };
  const RowValue keys = inMemoryRow(op.getKeys()), values = inMemoryRow(op.getValues());
  Value state = op.getState();
  while (auto earlier = state.getDefiningOp<AppendOp>())
    state = earlier.getState();
  Val base = pointer(state), position = integer(op.getPositions()),
      sequence = integer(op.getSequences());
  k.loop(k.index(0), k.index(layout.heads), k.index(1), [&](Val head) {
    Val from = head * double(4 * layout.headDim);
    Val page = k.address(base, layout.pageOf(k, sequence, head, position));
    cache->append(k.address(keys.base, from), k.address(values.base, from), page,
                  position % double(KvLayout::page));
  });
}

} // namespace weft::cpu
