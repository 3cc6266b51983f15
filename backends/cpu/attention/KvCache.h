// Code generation for reading and writing a KV cache, by its storage.
#pragma once

#include "backends/cpu/KernelBuilder.h"
#include "backends/cpu/attention/KvLayout.h"

#include <memory>

namespace weft::cpu {

/// Generates the code that writes to a KV cache and attends over it, for one kernel. Keys and
/// values belong to one head throughout. A "row" is a query, numbered from 0.
class KvCache {
public:
  /// Makes the generator for the storage of `type`.
  static std::unique_ptr<KvCache> create(KernelBuilder &k, KvType type);
  virtual ~KvCache() = default;

  const KvLayout layout;

  /// Stores the key and the value of a position, each f32 [headDim] in memory, at position `inPage`
  /// of `page`.
  virtual void append(Val keyFrom, Val valueFrom, Val page, Val inPage) = 0;

  /// Allocates buffers for `rows` queries. Called once, before the functions below.
  virtual void reserve(int64_t rows) = 0;
  /// Loads a query. `read(d, count)` returns its elements [d, d + count); the other lanes of the
  /// vector are undefined. `scale` is multiplied into all its scores.
  virtual void loadQuery(Val row, llvm::function_ref<Val(int64_t, int64_t)> read, double scale) = 0;
  /// Returns how many rows score() should be given at once to be fastest.
  virtual int64_t scoreRows() const = 0;
  /// Returns the scores of the rows [row, row + count) against the 16 keys of the tile at `tile`,
  /// as vectors of lanes() keys; the vectors of one row are consecutive.
  virtual llvm::SmallVector<Val> score(Val row, int64_t count, Val tile) = 0;
  /// Stores a row's attention weights of lanes() positions, from `inPage` of `page`.
  virtual void storeWeights(Val weights, Val row, Val page, Val inPage) = 0;
  /// Returns the factor of value(): the attention weight of a position, for elements around `d`.
  virtual Val weight(Val row, Val inPage, int64_t d) = 0;
  /// Returns `count` elements of the value of a position, from `d`; the other lanes are zero.
  Val value(Val page, Val inPage, int64_t d, int64_t count);

protected:
  KvCache(KernelBuilder &k, KvType type, mlir::Type element)
      : layout(type), k(k), element(element) {}

  KernelBuilder &k;
  const mlir::Type element;
};

} // namespace weft::cpu
