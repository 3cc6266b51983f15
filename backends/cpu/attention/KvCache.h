// What kernels do with keys and values, by how a state holds them.
#pragma once

#include "backends/cpu/KernelBuilder.h"
#include "backends/cpu/attention/KvLayout.h"

#include <memory>

namespace weft::cpu {

/// Generates the code that writes to a cache and attends over it, for one kernel. Keys and
/// values are of one head throughout; a "row" is a query, numbered from 0.
class KvCache {
public:
  static std::unique_ptr<KvCache> create(KernelBuilder &k, KvType type);
  virtual ~KvCache() = default;

  const KvLayout layout;

  /// Puts the key and the value of a position, f32 [headDim] in memory, to their places.
  virtual void append(Val keyFrom, Val valueFrom, Val page, Val inPage) = 0;

  /// Makes room for `rows` queries; once, before what follows.
  virtual void reserve(int64_t rows) = 0;
  /// Takes a query. `read(d, count)` gives its elements [d, d + count), the other lanes of the
  /// vector may hold anything; `scale` is a factor of all its scores.
  virtual void loadQuery(Val row, llvm::function_ref<Val(int64_t, int64_t)> read, double scale) = 0;
  /// Rows that score() had best take together.
  virtual int64_t scoreRows() const = 0;
  /// Scores of the rows [row, row + count) against the 16 keys of the tile at `tile`, as
  /// vectors of lanes() keys, those of a row after each other.
  virtual llvm::SmallVector<Val> score(Val row, int64_t count, Val tile) = 0;
  /// Remembers a row's weights of lanes() positions from `inPage` of `page`.
  virtual void storeWeights(Val weights, Val row, Val page, Val inPage) = 0;
  /// What value() must be multiplied with: the weight of a position, for elements around `d`.
  virtual Val weight(Val row, Val inPage, int64_t d) = 0;
  /// `count` elements of the value of a position, from `d`; the other lanes are zero.
  Val value(Val page, Val inPage, int64_t d, int64_t count);

protected:
  KvCache(KernelBuilder &k, KvType type, mlir::Type element)
      : layout(type), k(k), element(element) {}

  KernelBuilder &k;
  const mlir::Type element;
};

} // namespace weft::cpu
