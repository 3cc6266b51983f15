#include "backends/cpu/attention/AttentionKernel.h"

#include "backends/cpu/VectorMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace weft::cpu {

AttentionSplit::AttentionSplit(AttendOp attend) {
  // Groups for 32 threads, with some to even out; more parts would cost more to combine.
  constexpr int64_t groups = 64, mostParts = 16, fewRows = 16;
  KvType state = attend.getState().getType();
  heads = state.getHeads();
  headDim = state.getHeadDim();
  shared = attend.getHeads() / heads;
  parts = std::clamp<int64_t>(llvm::bit_floor(uint64_t(groups / heads)), 1, mostParts);
  fewTokens = std::clamp<int64_t>(fewRows / shared, 1, 4);
}

static AttendOp attendOf(func::FuncOp kernel) {
  AttendOp result;
  kernel.walk([&](AttendOp op) { result = op; });
  return result;
}

AttentionKernel::AttentionKernel(KernelBuilder &k, func::FuncOp kernel, int64_t queryRows)
    : k(k), kernel(kernel), attend(attendOf(kernel)),
      cache(KvCache::create(k, attend.getState().getType())), layout(cache->layout), split(attend),
      together(split.tokensPerGroup(queryRows)), shared(split.shared),
      paddedDim(split.paddedDim(k.lanes())), partialBytes(split.partialBytes(k.lanes())) {}

Val AttentionKernel::argument(Value value) {
  return k.binding(cast<BlockArgument>(value).getArgNumber());
}

void AttentionKernel::reserve() {
  int64_t most = together * shared;
  cache->reserve(most);
  partials = k.scratch(most * partialBytes);
  scores = k.scratch(4 * most * page);
  factors = k.scratch(4 * most);
  positions = k.scratch(8 * most);
}

void AttentionKernel::generate() {
  reserve();
  Val totals = k.scratch(together * shared * partialBytes);
  auto total = [&](Val row) { return k.address(totals, row * double(partialBytes)); };
  Val count = k.size(WEFT_TOKENS);
  Val groupsPerHead = (count + double(together - 1)) / double(together);
  k.loop(k.groupBegin(), k.groupEnd(), k.index(1), [&](Val group) {
    Val first = group % groupsPerHead * double(together);
    takeTokens(first, min(first + double(together), count), together, [&](Val from, int64_t n) {
      begin(from, n, group / groupsPerHead);
      loadQueries();
      forEachRow([&](Val row) { clear(total(row)); });
      k.loop(k.index(0), k.index(split.parts), k.index(1), [&](Val part) {
        k.when(less(firstPageOf(part) * double(page), limit), [&] {
          attendPart(part);
          forEachRow([&](Val row) { combine(partial(row), total(row)); });
        });
      });
      forEachRow([&](Val row) {
        writeResult(total(row), token + row / double(shared),
                    head * double(shared) + row % double(shared));
      });
    });
  });
}

void AttentionKernel::takeTokens(Val first, Val end, int64_t together,
                                 function_ref<void(Val, int64_t)> body) {
  auto oneByOne = [&] { k.loop(first, end, k.index(1), [&](Val token) { body(token, 1); }); };
  if (together == 1)
    return oneByOne();
  // Tokens of different sequences have different keys.
  Val sequences = argument(attend.getSequences());
  Val sequence = k.load(k.i32(), sequences, first * 4);
  Val alike = k.loop(first, end, k.index(1), {equal(end - first, k.index(together))},
                     [&](Val token, ArrayRef<Val> carried) -> SmallVector<Val> {
                       return {carried[0] & equal(k.load(k.i32(), sequences, token * 4), sequence)};
                     })[0];
  k.when(alike, [&] { body(first, together); }, oneByOne);
}

void AttentionKernel::forRows(int64_t most, function_ref<void(Val, int64_t)> body) {
  int64_t whole = rows / most * most;
  if (whole)
    k.loop(k.index(0), k.index(whole), k.index(most), [&](Val row) { body(row, most); });
  if (whole != rows)
    body(k.index(whole), rows - whole);
}

void AttentionKernel::forEachRow(function_ref<void(Val)> body) {
  k.loop(k.index(0), k.index(rows), k.index(1), body);
}

void AttentionKernel::begin(Val first, int64_t count, Val ofHead) {
  head = ofHead;
  token = first;
  rows = count * shared;
  sequence = k.load(k.i32(), argument(attend.getSequences()), first * 4).to(k.i64());
  Val from = argument(attend.getPositions()), least;
  limit = k.index(0);
  for (int64_t t = 0; t < count; ++t) {
    Val position = k.load(k.i32(), from, (first + double(t)) * 4).to(k.i64());
    for (int64_t row = t * shared; row < (t + 1) * shared; ++row)
      k.store(position, positions, k.index(8 * row), 8);
    limit = max(limit, position + 1.0);
    least = least ? min(least, position) : position;
  }
  seen = k.index(0);
  if (attend.getWindow())
    seen = max(seen, least - double(*attend.getWindow() - 1));
}

Val AttentionKernel::firstPageOf(Val part) {
  Val first = seen / double(page);
  return first + ((part - first) & double(split.parts - 1));
}

void AttentionKernel::attendPart(Val part) {
  forEachRow([&](Val row) { clear(partial(row)); });
  Val pages = (limit + double(page - 1)) / double(page);
  Val state = argument(attend.getState());
  k.loop(firstPageOf(part), pages, k.index(split.parts), [&](Val number) {
    Val from = number * double(page);
    Val keyCount = min(limit - from, k.index(page));
    Val memory = k.address(state, layout.pageOf(k, sequence, head, from));
    forRows(cache->scoreRows(), [&](Val row, int64_t n) { score(row, n, memory, from, keyCount); });
    forEachRow([&](Val row) { softmax(row, memory, keyCount); });
    forRows(4, [&](Val row, int64_t n) { accumulate(row, n, memory, keyCount); });
  });
}

void AttentionKernel::clear(Val partial) {
  for (int64_t d = 0; d < paddedDim; d += k.lanes())
    k.store(k.constant(k.floats(), 0), partial, k.index(4 * d));
  k.store(k.real(hidden), partial, maximumOffset());
  k.store(k.real(0), partial, sumOffset());
}

void AttentionKernel::loadQueries() {
  ColumnView source = columnViewOf(attend.getQueries());
  Val base = argument(source.base);
  double scale = attend.getScale().convertToDouble();
  forEachRow([&](Val row) {
    Val queryHead = head * double(shared) + row % double(shared);
    Val from = ((token + row / double(shared)) * double(source.stride) +
                queryHead * double(layout.headDim) + double(source.begin)) *
               4;
    cache->loadQuery(
        row,
        [&](int64_t d, int64_t count) {
          return k.loadFirst(k.floats(), base, from + double(4 * d), count);
        },
        scale);
  });
}

void AttentionKernel::score(Val row, int64_t count, Val memory, Val from, Val keyCount) {
  int64_t lanes = k.lanes(), vectors = KvLayout::tile / lanes;
  SmallVector<int32_t> numbers(lanes);
  for (int64_t i = 0; i < lanes; ++i)
    numbers[i] = i;
  auto type = k.vectorOf(lanes, k.i32());
  Val ramp(k.builder,
           arith::ConstantOp::create(k.builder, DenseElementsAttr::get(type, ArrayRef(numbers))));
  k.loop(k.index(0), keyCount, k.index(KvLayout::tile), [&](Val key) {
    SmallVector<Val> found = cache->score(row, count, k.address(memory, layout.keyTile(key)));
    for (int64_t r = 0; r < count; ++r)
      for (int64_t v = 0; v < vectors; ++v) {
        // Seen: position - window < from + key + v lanes + lane <= position.
        Val position = k.load(k.i64(), positions, (row + double(r)) * 8, 8);
        Val most = (position - from - key - double(v * lanes) + 1.0).to(k.i32());
        Val visible = less(ramp, most);
        if (attend.getWindow())
          visible = visible & less(most - double(*attend.getWindow() + 1), ramp);
        Val x = found[r * vectors + v];
        x = select(visible, x, x.like(hidden));
        k.store(x, scores, ((row + double(r)) * double(page) + key + double(v * lanes)) * 4);
      }
  });
}

void AttentionKernel::softmax(Val row, Val memory, Val keyCount) {
  int64_t lanes = k.lanes();
  // Scores are there in whole tiles of keys.
  Val end =
      (keyCount + double(KvLayout::tile - 1)) / double(KvLayout::tile) * double(KvLayout::tile);
  Val base = k.address(scores, row * double(4 * page)), to = partial(row);
  Val largest = k.loop(k.index(0), end, k.index(lanes), {k.constant(k.floats(), hidden)},
                       [&](Val key, ArrayRef<Val> carried) -> SmallVector<Val> {
                         return {max(carried[0], k.load(k.floats(), base, key * 4))};
                       })[0];
  Val before = k.load(k.f32(), to, maximumOffset());
  Val maximum = max(before, maxLanes(largest));
  Val total = k.loop(k.index(0), end, k.index(lanes), {k.constant(k.floats(), 0)},
                     [&](Val key, ArrayRef<Val> carried) -> SmallVector<Val> {
                       Val score = k.load(k.floats(), base, key * 4);
                       Val weight = select(equal(score, score.like(hidden)), score.like(0),
                                           exponential(score - maximum));
                       cache->storeWeights(weight, row, memory, key);
                       return {carried[0] + weight};
                     })[0];
  Val factor = exponential(before - maximum);
  Val sum = k.load(k.f32(), to, sumOffset());
  k.store(fma(sum, factor, sumLanes(total)), to, sumOffset());
  k.store(factor, factors, row * 4);
  k.store(maximum, to, maximumOffset());
}

void AttentionKernel::accumulate(Val row, int64_t count, Val memory, Val keyCount) {
  int64_t lanes = k.lanes();
  int64_t vectors = k.target.registers / 8; // of a value, taken together
  for (int64_t first = 0; first < paddedDim; first += vectors * lanes) {
    int64_t taken = std::min(vectors, (paddedDim - first) / lanes);
    auto place = [&](int64_t r, int64_t v) {
      return (row + double(r)) * double(partialBytes) + double(4 * (first + v * lanes));
    };
    SmallVector<Val> sums;
    for (int64_t r = 0; r < count; ++r) {
      Val factor = k.load(k.f32(), factors, (row + double(r)) * 4);
      for (int64_t v = 0; v < taken; ++v)
        sums.push_back(k.load(k.floats(), partials, place(r, v)) * factor);
    }
    // The next page is asked for on the way: hardware does not see it coming in time.
    int64_t lines = first ? 0 : llvm::divideCeil(layout.pageBytes, 64 * page);
    int64_t ahead = split.parts * layout.pageBytes;
    sums = k.loop(k.index(0), keyCount, k.index(1), sums, [&](Val key, ArrayRef<Val> carried) {
      SmallVector<Val> next(carried), values;
      for (int64_t line = 0; line < lines; ++line)
        k.prefetch(memory, key * double(64 * lines) + double(ahead + 64 * line));
      for (int64_t v = 0; v < taken; ++v) {
        int64_t d = first + v * lanes;
        values.push_back(cache->value(memory, key, d, std::min(lanes, layout.headDim - d)));
      }
      for (int64_t r = 0; r < count; ++r)
        for (int64_t v = 0; v < taken; ++v) {
          Val weight = cache->weight(row + double(r), key, first + v * lanes);
          next[r * taken + v] = fma(values[v], weight, next[r * taken + v]);
        }
      return next;
    });
    for (int64_t r = 0; r < count; ++r)
      for (int64_t v = 0; v < taken; ++v)
        k.store(sums[r * taken + v], partials, place(r, v));
  }
}

} // namespace weft::cpu
