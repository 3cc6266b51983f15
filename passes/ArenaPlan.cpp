#include "passes/ArenaPlan.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

using namespace llvm;
using namespace weft;

static bool liveTogether(const ArenaValue &a, const ArenaValue &b) {
  return a.begin <= b.end && b.begin <= a.end;
}

/// The offset for `value` among `neighbours`, which live with it, sorted by offset.
static int64_t bestGap(const ArenaValue &value, ArrayRef<const ArenaValue *> neighbours) {
  int64_t best = -1, bestSize = 0, end = 0;
  for (const ArenaValue *neighbour : neighbours) {
    int64_t gap = neighbour->offset - end;
    if (gap >= value.size && (best < 0 || gap < bestSize)) {
      best = end;
      bestSize = gap;
    }
    end = std::max(end, neighbour->offset + neighbour->size);
  }
  return best >= 0 ? best : end;
}

int64_t weft::placeValues(MutableArrayRef<ArenaValue> values) {
  SmallVector<ArenaValue *> order;
  for (ArenaValue &value : values)
    order.push_back(&value);
  // Equal ones in the order of `values`, so that equal programs get equal plans.
  llvm::sort(order,
             [](auto *a, auto *b) { return a->size != b->size ? a->size > b->size : a < b; });

  int64_t total = 0;
  // Those placed, by offset.
  SmallVector<const ArenaValue *> placed;
  for (ArenaValue *value : order) {
    auto neighbours = llvm::to_vector(llvm::make_filter_range(
        placed, [&](const ArenaValue *other) { return liveTogether(*value, *other); }));
    value->offset = bestGap(*value, neighbours);
    total = std::max(total, value->offset + value->size);
    auto above = llvm::upper_bound(placed, value, [](const ArenaValue *a, const ArenaValue *b) {
      return a->offset < b->offset;
    });
    placed.insert(above, value);
  }
  return total;
}
