// Attention with online softmax.
//
// A group is one head of keys and values and a few tokens; all query heads that share the
// head are rows of the same small products. Keys are taken in chunks at fixed positions
// (Milakov and Gimelshein 2018 for the running maximum; Dao et al. 2022 for the chunks),
// and what a row computes does not depend on which rows are beside it: a chunk or key past
// a row's position adds exactly nothing. No buffer grows with the context.
#pragma once

#include "backends/cpu/KernelBuilder.h"
#include "backends/cpu/KvCache.h"
#include "ir/Weft.h"

namespace weft::cpu {

class AttentionKernel {
public:
  /// `queryRows` as in Schedule.
  AttentionKernel(KernelBuilder &k, mlir::func::FuncOp kernel, int64_t queryRows);
  void generate();

  /// Tokens of a group for `heads` query heads over the heads of `state`. Groups: one for
  /// each head of the state and each so many tokens.
  static int64_t tokensPerGroup(int64_t heads, KvType state, int64_t queryRows);

private:
  static constexpr int64_t chunk = KvLayout::page; // positions of keys

  /// `count` tokens of one sequence, from token `first`, for head `head` of the state.
  void tokens(Val first, int64_t count, Val head);
  void loadQueries(Val first, Val head);
  /// Scores of the rows [row, row + count) against the keys of a page.
  void score(Val row, int64_t count, Val page, Val from, Val keyCount);
  /// Turns scores into weights of the positions of a page; updates maximum, sum and factor of a row.
  void softmax(Val row, Val page, Val keyCount);
  /// Adds the weighted values of a page to the rows [row, row + count).
  void accumulate(Val row, int64_t count, Val page, Val keyCount);
  void writeResults(Val first, Val head);
  /// body(row, count) for all rows, at most `most` at a time.
  void forRows(int64_t most, llvm::function_ref<void(Val, int64_t)> body);

  KernelBuilder &k;
  mlir::func::FuncOp kernel;
  AttendOp attend;
  std::unique_ptr<KvCache> cache;
  const KvLayout &layout;
  int64_t queryRows; // of a group
  int64_t shared;    // query heads that share a head of the state
  int64_t rows = 0;  // of the tokens in work: tokens * shared
  int64_t paddedDim; // headDim, rounded up to whole vectors
  // On the stack, by row: results [paddedDim], scores [chunk], the rest one f32 (or one i64,
  // the position) each.
  Val results, scores, maxima, sums, factors, positions;
};

} // namespace weft::cpu
