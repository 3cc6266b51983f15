#include "backends/cpu/AttentionKernel.h"

#include "backends/cpu/VectorMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace weft::cpu {

// The score of a key that a row must not see. Far below any score, yet finite, so that
// differences of two of them are not NaN.
static constexpr double hidden = -1e30;

static AttendOp attendOf(func::FuncOp kernel) {
  AttendOp result;
  kernel.walk([&](AttendOp op) { result = op; });
  return result;
}

AttentionKernel::AttentionKernel(KernelBuilder &k, func::FuncOp kernel, int64_t queryRows)
    : k(k), kernel(kernel), attend(attendOf(kernel)),
      cache(KvCache::create(k, attend.getState().getType())), layout(cache->layout),
      queryRows(queryRows), shared(attend.getHeads() / layout.heads),
      paddedDim(llvm::alignTo(layout.headDim, k.lanes())) {}

int64_t AttentionKernel::tokensPerGroup(int64_t heads, KvType state, int64_t queryRows) {
  return std::max<int64_t>(1, queryRows / (heads / state.getHeads()));
}

void AttentionKernel::generate() {
  int64_t together = tokensPerGroup(attend.getHeads(), attend.getState().getType(), queryRows);
  int64_t most = together * shared;
  cache->reserve(most);
  results = k.scratch(4 * most * paddedDim);
  scores = k.scratch(4 * most * chunk);
  maxima = k.scratch(4 * most);
  sums = k.scratch(4 * most);
  factors = k.scratch(4 * most);
  positions = k.scratch(8 * most);

  Val count = k.size(WEFT_TOKENS);
  Val groupsPerHead = (count + double(together - 1)) / double(together);
  Val sequences = k.binding(cast<BlockArgument>(attend.getSequences()).getArgNumber());
  k.loop(k.groupBegin(), k.groupEnd(), k.index(1), [&](Val group) {
    Val head = group / groupsPerHead, first = group % groupsPerHead * double(together);
    Val end = min(first + double(together), count);
    auto oneByOne = [&] {
      k.loop(first, end, k.index(1), [&](Val token) { tokens(token, 1, head); });
    };
    if (together == 1)
      return oneByOne();
    // Tokens of different sequences have different keys.
    Val sequence = k.load(k.i32(), sequences, first * 4);
    Val alike = k.loop(first, end, k.index(1), {equal(k.index(0), k.index(0))},
                       [&](Val token, ArrayRef<Val> carried) -> SmallVector<Val> {
                         return {carried[0] & equal(k.load(k.i32(), sequences, token * 4), sequence)};
                       })[0];
    Val full = equal(end - first, k.index(together));
    k.when(alike & full, [&] { tokens(first, together, head); }, oneByOne);
  });
}

void AttentionKernel::forRows(int64_t most, function_ref<void(Val, int64_t)> body) {
  int64_t whole = rows / most * most;
  if (whole)
    k.loop(k.index(0), k.index(whole), k.index(most), [&](Val row) { body(row, most); });
  if (whole != rows)
    body(k.index(whole), rows - whole);
}

void AttentionKernel::tokens(Val first, int64_t count, Val head) {
  rows = count * shared;
  Val state = k.binding(cast<BlockArgument>(attend.getState()).getArgNumber());
  Val sequence = k.load(k.i32(), k.binding(cast<BlockArgument>(attend.getSequences()).getArgNumber()),
                        first * 4)
                     .to(k.i64());
  loadQueries(first, head);

  Val last = k.index(0);
  for (int64_t t = 0; t < count; ++t)
    last = max(last, k.load(k.i64(), positions, k.index(8 * t * shared), 8));
  Val limit = last + 1.0;
  k.loop(k.index(0), limit, k.index(chunk), [&](Val from) {
    Val keyCount = min(limit - from, k.index(chunk));
    Val page = k.address(state, layout.pageOf(k, sequence, head, from));
    forRows(cache->scoreRows(), [&](Val row, int64_t n) { score(row, n, page, from, keyCount); });
    k.loop(k.index(0), k.index(rows), k.index(1), [&](Val row) { softmax(row, page, keyCount); });
    forRows(4, [&](Val row, int64_t n) { accumulate(row, n, page, keyCount); });
  });
  writeResults(first, head);
}

void AttentionKernel::loadQueries(Val first, Val head) {
  ColumnView source = columnViewOf(attend.getQueries());
  Val base = k.binding(cast<BlockArgument>(source.base).getArgNumber());
  Val positionBase = k.binding(cast<BlockArgument>(attend.getPositions()).getArgNumber());
  double scale = attend.getScale().convertToDouble();
  int64_t headDim = layout.headDim, lanes = k.lanes();
  k.loop(k.index(0), k.index(rows), k.index(1), [&](Val row) {
    Val token = first + row / double(shared);
    Val queryHead = head * shared + row % double(shared);
    Val from = (token * source.stride + queryHead * headDim + double(source.begin)) * 4;
    auto read = [&](int64_t d, int64_t count) {
      return k.loadFirst(k.floats(), base, from + double(4 * d), count);
    };
    cache->loadQuery(row, read, scale);
    for (int64_t d = 0; d < paddedDim; d += lanes)
      k.store(k.constant(k.floats(), 0), results, (row * paddedDim + double(d)) * 4);
    k.store(k.real(hidden), maxima, row * 4);
    k.store(k.real(0), sums, row * 4);
    k.store(k.load(k.i32(), positionBase, token * 4).to(k.i64()), positions, row * 8, 8);
  });
}

void AttentionKernel::score(Val row, int64_t count, Val page, Val from, Val keyCount) {
  int64_t lanes = k.lanes(), parts = KvLayout::tile / lanes;
  k.loop(k.index(0), keyCount, k.index(KvLayout::tile), [&](Val key) {
    SmallVector<Val> found = cache->score(row, count, k.address(page, layout.keyTile(key)));
    SmallVector<int32_t> numbers(lanes);
    for (int64_t i = 0; i < lanes; ++i)
      numbers[i] = i;
    Val ramp(k.builder, arith::ConstantOp::create(k.builder, DenseElementsAttr::get(k.vectorOf(lanes, k.i32()),
                                                                ArrayRef(numbers))));
    for (int64_t r = 0; r < count; ++r)
      for (int64_t p = 0; p < parts; ++p) {
        // Seen: from + key + p lanes + lane <= position.
        Val position = k.load(k.i64(), positions, (row + double(r)) * 8, 8);
        Val most = (position - from - key - double(p * lanes) + 1.0).to(k.i32());
        Val x = found[r * parts + p];
        x = select(less(ramp, most), x, x.like(hidden));
        Val place = ((row + double(r)) * chunk + key + double(p * lanes)) * 4;
        k.store(x, scores, place);
      }
  });
}

void AttentionKernel::softmax(Val row, Val page, Val keyCount) {
  int64_t lanes = k.lanes();
  // Scores are there in whole tiles of keys.
  Val end = (keyCount + double(KvLayout::tile - 1)) / double(KvLayout::tile) * double(KvLayout::tile);
  Val base = k.address(scores, row * (4 * chunk));
  Val largest = k.loop(k.index(0), end, k.index(lanes), {k.constant(k.floats(), hidden)},
                       [&](Val key, ArrayRef<Val> carried) -> SmallVector<Val> {
                         return {max(carried[0], k.load(k.floats(), base, key * 4))};
                       })[0];
  Val before = k.load(k.f32(), maxima, row * 4);
  Val maximum = max(before, maxLanes(largest));
  Val total = k.loop(k.index(0), end, k.index(lanes), {k.constant(k.floats(), 0)},
                     [&](Val key, ArrayRef<Val> carried) -> SmallVector<Val> {
                       Val score = k.load(k.floats(), base, key * 4);
                       Val weight = select(equal(score, score.like(hidden)), score.like(0),
                                           exponential(score - maximum));
                       cache->storeWeights(weight, row, page, key);
                       return {carried[0] + weight};
                     })[0];
  Val factor = exponential(before - maximum);
  Val sum = k.load(k.f32(), sums, row * 4);
  k.store(fma(sum, factor, sumLanes(total)), sums, row * 4);
  k.store(factor, factors, row * 4);
  k.store(maximum, maxima, row * 4);
}

void AttentionKernel::accumulate(Val row, int64_t count, Val page, Val keyCount) {
  int64_t lanes = k.lanes();
  int64_t vectors = k.target.registers / 8; // of a value, taken together
  for (int64_t first = 0; first < paddedDim; first += vectors * lanes) {
    int64_t taken = std::min(vectors, (paddedDim - first) / lanes);
    auto place = [&](int64_t r, int64_t v) {
      return ((row + double(r)) * paddedDim + double(first + v * lanes)) * 4;
    };
    SmallVector<Val> sumsOfRows;
    for (int64_t r = 0; r < count; ++r) {
      Val factor = k.load(k.f32(), factors, (row + double(r)) * 4);
      for (int64_t v = 0; v < taken; ++v)
        sumsOfRows.push_back(k.load(k.floats(), results, place(r, v)) * factor);
    }
    // The next page is asked for on the way: hardware does not see it coming in time.
    int64_t lines = first ? 0 : llvm::divideCeil(layout.pageBytes, 64 * chunk);
    sumsOfRows = k.loop(k.index(0), keyCount, k.index(1), sumsOfRows, [&](Val key, ArrayRef<Val> carried) {
      SmallVector<Val> next(carried), parts;
      for (int64_t line = 0; line < lines; ++line)
        k.prefetch(page, key * double(64 * lines) + double(layout.pageBytes + 64 * line));
      for (int64_t v = 0; v < taken; ++v) {
        int64_t d = first + v * lanes;
        parts.push_back(cache->value(page, key, d, std::min(lanes, layout.headDim - d)));
      }
      for (int64_t r = 0; r < count; ++r)
        for (int64_t v = 0; v < taken; ++v) {
          Val weight = cache->weight(row + double(r), key, first + v * lanes);
          next[r * taken + v] = fma(parts[v], weight, next[r * taken + v]);
        }
      return next;
    });
    for (int64_t r = 0; r < count; ++r)
      for (int64_t v = 0; v < taken; ++v)
        k.store(sumsOfRows[r * taken + v], results, place(r, v));
  }
}

void AttentionKernel::writeResults(Val first, Val head) {
  int64_t headDim = layout.headDim, lanes = k.lanes(), width = attend.getHeads() * headDim;
  Val out = k.binding(kernel.getNumArguments());
  k.loop(k.index(0), k.index(rows), k.index(1), [&](Val row) {
    Val token = first + row / double(shared);
    Val queryHead = head * shared + row % double(shared);
    Val to = (token * width + queryHead * headDim) * 4;
    Val factor = k.real(1) / k.load(k.f32(), sums, row * 4);
    for (int64_t d = 0; d < headDim; d += lanes) {
      Val x = k.load(k.floats(), results, (row * paddedDim + double(d)) * 4) * factor;
      k.storeFirst(x, out, to + double(4 * d), std::min(lanes, headDim - d));
    }
  });
}

} // namespace weft::cpu
