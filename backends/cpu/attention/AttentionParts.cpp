// Attention of few tokens: each part of the positions by itself, then all together.

#include "backends/cpu/VectorMath.h"
#include "backends/cpu/attention/AttentionKernel.h"

using namespace mlir;

namespace weft::cpu {

void AttentionKernel::generateParts() {
  reserve();
  Val memory = k.binding(kernel.getNumArguments() + 1);
  k.loop(k.groupBegin(), k.groupEnd(), k.index(1), [&](Val group) {
    takeTokens(k.index(0), k.size(WEFT_TOKENS), split.fewTokens, [&](Val from, int64_t n) {
      begin(from, n, group / double(split.parts));
      Val part = group % double(split.parts);
      partials =
          k.address(memory, group * double(bytesOfPart()) + from * double(shared * partialBytes));
      k.when(
          less(firstPageOf(part) * double(page), limit),
          [&] {
            loadQueries();
            attendPart(part);
          },
          [&] { forEachRow([&](Val row) { clear(partial(row)); }); });
    });
  });
}

void AttentionKernel::generateCombination() {
  Val memory = k.binding(kernel.getNumArguments() + 1), total = k.scratch(partialBytes);
  Val count = k.size(WEFT_TOKENS);
  Val last = select(less(k.index(split.fewTokens), count), k.groupBegin(), k.groupEnd());
  k.loop(k.groupBegin(), last, k.index(1), [&](Val group) {
    k.loop(k.index(0), count * double(shared), k.index(1), [&](Val row) {
      clear(total);
      k.loop(k.index(0), k.index(split.parts), k.index(1), [&](Val part) {
        Val from = (group * double(split.parts) + part) * double(bytesOfPart()) +
                   row * double(partialBytes);
        combine(k.address(memory, from), total);
      });
      writeResult(total, row / double(shared), group * double(shared) + row % double(shared));
    });
  });
}

void AttentionKernel::combine(Val from, Val to) {
  Val maximum = k.load(k.f32(), from, maximumOffset());
  k.when(less(k.real(hidden), maximum), [&] {
    Val before = k.load(k.f32(), to, maximumOffset());
    Val most = max(before, maximum);
    Val kept = exponential(before - most), added = exponential(maximum - most);
    auto add = [&](Type type, Val place) {
      k.store(fma(k.load(type, from, place), added, k.load(type, to, place) * kept), to, place);
    };
    for (int64_t d = 0; d < paddedDim; d += k.lanes())
      add(k.floats(), k.index(4 * d));
    add(k.f32(), sumOffset());
    k.store(most, to, maximumOffset());
  });
}

void AttentionKernel::writeResult(Val from, Val token, Val queryHead) {
  int64_t headDim = layout.headDim, lanes = k.lanes();
  Val to = (token * double(attend.getHeads()) + queryHead) * double(4 * headDim);
  Val out = k.binding(kernel.getNumArguments());
  Val factor = k.real(1) / k.load(k.f32(), from, sumOffset());
  for (int64_t d = 0; d < headDim; d += lanes) {
    Val x = k.load(k.floats(), from, k.index(4 * d)) * factor;
    k.storeFirst(x, out, to + double(4 * d), std::min(lanes, headDim - d));
  }
}

} // namespace weft::cpu
