// Attention with online softmax.
//
// A group is one head of keys and values and a few tokens; all query heads that share the
// head are rows of the same small products. Keys are taken page by page (Milakov and
// Gimelshein 2018 for the running maximum; Dao et al. 2022 for the chunks; Dao et al. 2023,
// "Flash-Decoding", for the parts). No buffer grows with the context.
//
// Page number i belongs to part i mod parts. Each part is added up by itself, and the
// parts are combined in order. So the order of all sums depends on a row's position alone:
// one thread may take all parts of many rows, or each thread a part of one row, and the bits
// are the same. A page or key that a row does not see adds exactly nothing to it.
#pragma once

#include "backends/Backend.h"
#include "backends/cpu/KernelBuilder.h"
#include "backends/cpu/attention/KvCache.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace weft::cpu {

/// How the work of an AttendOp is cut up.
struct AttentionSplit {
  explicit AttentionSplit(AttendOp attend);

  int64_t heads, headDim; // of the state
  int64_t shared;         // query heads that share a head of the state
  /// Parts of the positions: a power of two, 1 where there are heads enough for many threads.
  int64_t parts;
  /// Most tokens that are taken part by part.
  int64_t fewTokens;

  /// Tokens of a group whose queries have `queryRows` rows, or the most below that.
  int64_t tokensPerGroup(int64_t queryRows) const {
    return std::max<int64_t>(1, queryRows / shared);
  }
  /// A partial result: results [headDim, rounded up to whole vectors of `lanes`], maximum and
  /// sum, f32, in whole cache lines.
  int64_t paddedDim(int64_t lanes) const { return llvm::alignTo(headDim, lanes); }
  int64_t partialBytes(int64_t lanes) const { return 4 * paddedDim(lanes) + 64; }
  /// Of all parts of few tokens.
  int64_t scratchBytes(int64_t lanes) const {
    return heads * parts * fewTokens * shared * partialBytes(lanes);
  }
};

class AttentionKernel {
public:
  /// `queryRows` as in Schedule; it has no effect on few tokens.
  AttentionKernel(KernelBuilder &k, mlir::func::FuncOp kernel, int64_t queryRows);

  /// For any number of tokens. Groups: one for each head of the state and each
  /// tokensPerGroup(queryRows) tokens.
  void generate();
  /// For few tokens: leaves the parts in scratch memory, a binding behind the results. Groups:
  /// one for each head of the state and each part.
  void generateParts();
  /// What follows it: combines the parts. Does nothing for more tokens. Groups: the heads of
  /// the state.
  void generateCombination();

private:
  static constexpr int64_t page = KvLayout::page;
  /// The score of a key that a row must not see. Far below any score, yet finite, so that
  /// differences of two of them are not NaN.
  static constexpr double hidden = -1e30;

  void reserve();
  /// body(first, count) for the tokens [first, end) of head `head`: `together` at a time where
  /// all are there and of one sequence, else one by one.
  void takeTokens(Val first, Val end, int64_t together,
                  llvm::function_ref<void(Val, int64_t)> body);
  /// Begins with `count` tokens of one sequence, from token `first`.
  void begin(Val first, int64_t count, Val head);
  void loadQueries();
  /// The first page that the rows see of part `part`.
  Val firstPageOf(Val part);
  /// Adds up a part in `partials`.
  void attendPart(Val part);
  /// Scores of the rows [row, row + count) against the keys of a page.
  void score(Val row, int64_t count, Val memory, Val from, Val keyCount);
  /// Turns scores into weights of the positions of a page; updates a row's maximum, sum and
  /// factor.
  void softmax(Val row, Val memory, Val keyCount);
  /// Adds the weighted values of a page to the rows [row, row + count).
  void accumulate(Val row, int64_t count, Val memory, Val keyCount);
  /// Adds the partial result at `from` to the one at `to`.
  void combine(Val from, Val to);
  void writeResult(Val from, Val token, Val queryHead);
  /// body(row, count) for all rows, at most `most` at a time.
  void forRows(int64_t most, llvm::function_ref<void(Val, int64_t)> body);
  void forEachRow(llvm::function_ref<void(Val)> body);
  Val argument(mlir::Value value);

  int64_t bytesOfPart() const { return split.fewTokens * shared * partialBytes; }
  Val partial(Val row) { return k.address(partials, row * double(partialBytes)); }
  Val maximumOffset() { return k.index(4 * paddedDim); }
  Val sumOffset() { return k.index(4 * paddedDim + 4); }
  void clear(Val partial);

  KernelBuilder &k;
  mlir::func::FuncOp kernel;
  AttendOp attend;
  std::unique_ptr<KvCache> cache;
  const KvLayout &layout;
  const AttentionSplit split;
  const int64_t together;                        // tokens of a group, where there are many
  const int64_t shared, paddedDim, partialBytes; // as in `split`
  // What is in work: its head and first token, tokens * shared rows, its sequence, and the
  // positions [seen, limit) that any of them sees.
  Val head, token, sequence, seen, limit;
  int64_t rows = 0;
  // By row: partial results, scores f32 [page], factors f32, positions i64.
  Val partials, scores, factors, positions;
};

} // namespace weft::cpu
