// Attention with online softmax (Milakov and Gimelshein 2018).
//
// A workgroup computes one head of keys and values for a few tokens. All query heads that share the
// key-value head are rows of the same small matrix products. Keys are read page by page with a
// running maximum (chunks: Dao et al. 2022; splits: Dao et al. 2023, "Flash-Decoding"). No buffer
// grows with the context.
//
// Page i belongs to split i mod `parts`. Each split is summed by itself, and the sums are combined
// in order. So the order of all sums depends only on a row's position: one thread may compute all
// splits of many rows, or each thread one split of one row, with the same bits. A page or key that
// a row does not see adds exactly zero.
#pragma once

#include "backends/Backend.h"
#include "backends/cpu/KernelBuilder.h"
#include "backends/cpu/attention/KvCache.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace weft::cpu {

/// How the work of an AttendOp is divided.
struct AttentionSplit {
  explicit AttentionSplit(AttendOp attend);

  int64_t heads, headDim; // of the state
  int64_t shared;         // query heads per head of the state
  /// The number of splits: a power of two; 1 if there are enough heads to occupy many threads.
  int64_t parts;
  /// Calls of at most this many tokens use one workgroup per split.
  int64_t fewTokens;

  /// Returns the number of tokens of a workgroup with at most `queryRows` query rows, at least 1.
  int64_t tokensPerGroup(int64_t queryRows) const {
    return std::max<int64_t>(1, queryRows / shared);
  }
  /// The size of the partial result of one row: the results [headDim, rounded up to whole vectors
  /// of `lanes`], the maximum and the sum, as f32 in whole cache lines.
  int64_t paddedDim(int64_t lanes) const { return llvm::alignTo(headDim, lanes); }
  int64_t partialBytes(int64_t lanes) const { return 4 * paddedDim(lanes) + 64; }
  /// The bytes of the partial results of all splits of `fewTokens` tokens.
  int64_t scratchBytes(int64_t lanes) const {
    return heads * parts * fewTokens * shared * partialBytes(lanes);
  }
};

/// Generates the code of an attention kernel.
class AttentionKernel {
public:
  /// `queryRows` is Schedule::queryRows; it has no effect on generateParts().
  AttentionKernel(KernelBuilder &k, mlir::func::FuncOp kernel, int64_t queryRows);

  /// Generates the variant for any number of tokens. Its workgroups are one for each head of the
  /// state and each tokensPerGroup(queryRows) tokens.
  void generate();
  /// Generates the variant for few tokens, which writes the partial results to scratch memory, a
  /// binding after the results. Its workgroups are one for each head of the state and each split.
  void generateParts();
  /// Generates the step after it, which combines the partial results and does nothing for more
  /// tokens. Its workgroups are the heads of the state.
  void generateCombination();

private:
  static constexpr int64_t page = KvLayout::page;
  /// The score of a key that a row must not see. Far below any score, yet finite, so that
  /// differences of two of them are not NaN.
  static constexpr double hidden = -1e30;

  void reserve();
  /// Calls body(first, count) for the tokens [first, end) of head `head`: `together` at a time
  /// where all are there and of one sequence, else one by one.
  void takeTokens(Val first, Val end, int64_t together,
                  llvm::function_ref<void(Val, int64_t)> body);
  /// Starts on `count` tokens of one sequence, from token `first`.
  void begin(Val first, int64_t count, Val head);
  void loadQueries();
  /// Returns the first page of split `part` that the rows see.
  Val firstPageOf(Val part);
  /// Sums one split into `partials`.
  void attendPart(Val part);
  /// Computes the scores of the rows [row, row + count) against the keys of a page.
  void score(Val row, int64_t count, Val memory, Val from, Val keyCount);
  /// Converts scores to attention weights of the positions of a page, and updates a row's maximum,
  /// sum and factor.
  void softmax(Val row, Val memory, Val keyCount);
  /// Adds the weighted values of a page to the rows [row, row + count).
  void accumulate(Val row, int64_t count, Val memory, Val keyCount);
  /// Adds the partial result at `from` to the one at `to`.
  void combine(Val from, Val to);
  void writeResult(Val from, Val token, Val queryHead);
  /// Calls body(row, count) for all rows, at most `most` at a time.
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
  // The current work: the head and the first token, tokens * shared rows, the sequence, and the
  // positions [seen, limit) that any of the rows sees.
  Val head, token, sequence, seen, limit;
  int64_t rows = 0;
  // Arrays with an entry per row: partial results, scores f32 [page], factors f32, positions i64.
  Val partials, scores, factors, positions;
};

} // namespace weft::cpu
