#include "backends/cpu/attention/KvCache.h"

#include "backends/cpu/attention/BlockKvCache.h"
#include "backends/cpu/attention/DenseKvCache.h"

using namespace mlir;

namespace weft::cpu {

std::unique_ptr<KvCache> KvCache::create(KernelBuilder &k, KvType type) {
  if (type.getBlocks())
    return std::make_unique<BlockKvCache>(k, type);
  return std::make_unique<DenseKvCache>(k, type);
}

Val KvCache::value(Val page, Val inPage, int64_t d, int64_t count) {
  return k
      .loadFirst(k.vectorOf(k.lanes(), element), page,
                 layout.value(inPage) + double(d * layout.elementBytes), count, layout.elementBytes)
      .to(k.f32());
}

} // namespace weft::cpu
