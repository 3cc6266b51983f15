// Matrix products with their epilogues.
//
// Weights are tiled: 16 rows interleaved, so that a lane of an accumulator is an output
// column and no sum runs across lanes. Every output element is computed by the same
// operations in the same order whatever the number of tokens, threads or tiles taken
// together, so results are the same to the bit.
#pragma once

#include "backends/Backend.h"
#include "backends/cpu/KernelBuilder.h"
#include "backends/cpu/Schedule.h"

#include "llvm/ADT/DenseMap.h"

namespace weft::cpu {

/// Generates a product kernel: linears of one input and one width, and elementwise ops
/// that lead from them to the one result. Groups are tiles of 16 output columns.
class ProductKernel {
public:
  static constexpr int64_t tileRows = weft::tileRows;
  /// The ops that may follow the products, element by element.
  using Epilogue = OpList<AddOp, MulOp, SiluOp, GeluOp>;
  /// Whether `op` is one that product kernels know.
  static bool takes(mlir::Operation *op) {
    return llvm::isa<LinearOp, ColumnsOp>(op) || Epilogue::has(op);
  }

  ProductKernel(KernelBuilder &k, mlir::func::FuncOp kernel, const Schedule &schedule);
  /// Emits a diagnostic at the kernel where it is not of the form above or a layout is
  /// not the one expected. `single` generates for exactly one token.
  llvm::LogicalResult generate(bool single);

private:
  /// Accumulators of [linear][tile][part][column], f32 vectors of target lanes.
  using Accumulators = llvm::SmallVector<Val>;

  llvm::LogicalResult check();
  /// body(tile, count) for the tiles of this call, `most` or one at a time.
  void forTiles(int64_t most, llvm::function_ref<void(Val, int64_t)> body);
  /// Copies the inputs of the tokens [first, last) to `packed`, [tokens / most][depth][most].
  void pack(Val first, Val last);
  /// Index of the first packed element of a token.
  Val placeOfPacked(Val token);
  /// The tokens [first, last), at most `most` at a time, for the tiles [tile, tile + tiles).
  void columns(Val tile, int64_t tiles, Val first, Val last);
  /// `count` tokens from `first`, for the tiles [tile, tile + tiles).
  void block(Val tile, int64_t tiles, Val first, int64_t count);

  /// f32 inputs of some tokens; strides in elements.
  struct DenseInputs {
    Val base;
    int64_t columnStride = 0, tokenStride = 0;
  };
  Accumulators multiplyDense(Val tile, int64_t tiles, Val first, int64_t count);
  /// Accumulators of [tile][part][column].
  Accumulators multiplyDense(LinearOp linear, const DenseInputs &inputs, Val tile, int64_t tiles,
                             int64_t count);

  /// Prefetches what comes schedule.aheadKib behind the `bytes` at `offset` of a stream.
  void askAhead(Val base, Val offset, int64_t bytes);

  /// The weights of one linear in one tile, in a block format.
  struct Stream {
    Storage storage;
    Val base;
    int64_t codeBytes, scaleBytes; // of one block of the tile
  };
  llvm::SmallVector<Stream> streamsOf(Val tile, int64_t tiles);
  Accumulators multiplyBlocks(Val tile, int64_t tiles, Val first, int64_t count);
  /// Accumulators of [part][column].
  Accumulators multiplyStream(const Stream &stream, Val rows, int64_t count);
  Accumulators multiplyPlainBlocks(const Stream &stream, Val rows, int64_t count);
  /// Scales of the `here` blocks from `begin` on, which are all of a group: [block][part].
  llvm::SmallVector<Val> scalesOf(const Stream &stream, Val begin, int64_t here);
  /// Adds block begin + offset of the group of `here` that begins at `begin`; its scales are
  /// [part].
  void multiplyBlock(const Stream &stream, Val rows, Val begin, int64_t offset, int64_t here,
                     llvm::ArrayRef<Val> scales, int64_t count, Accumulators &sums);
  /// Scale of the activations' block `number` in a column.
  Val inputScale(Val rows, Val number, int64_t column);
  /// Integer sums of [column][part] of the activations' block `number` with the codes that
  /// stand at `codes` of a stream, from a start for each column.
  llvm::SmallVector<Val> sumCodes(const Stream &stream, Val codes, Val rows, Val number,
                                  llvm::ArrayRef<Val> starts);
  // Super-blocks (SuperBlockProduct.cpp).
  Accumulators multiplySuperBlocks(const Stream &stream, Val rows, int64_t count);
  /// What of the activations' sums each block of a super-block takes, for its blocks from
  /// `first` on, [column][block] to `to`: with minima, f32 that these are multiplied with;
  /// else, i32 that the integer sums start from.
  void storeInputSums(const Storage &weights, Val rows, Val first, int64_t count, Val to);
  /// Adds block `block` of the super-block that begins at `base` of a stream, with block
  /// `number` of the activations and what storeInputSums() left, to the sums.
  void multiplyInSuperBlock(const Stream &stream, Val base, Val block, Val rows, Val number,
                            Val inputSums, Accumulators &sums);
  void epilogue(Val tile, int64_t tiles, Val first, int64_t count, const Accumulators &results);
  /// An operand of the epilogue at (token, column).
  Val operand(mlir::Value value, Val token, Val column);

  /// Output columns from `column` on that exist, where that may be fewer than a vector.
  bool hasTail() const { return width % tileRows != 0; }

  KernelBuilder &k;
  mlir::func::FuncOp kernel;
  llvm::SmallVector<LinearOp> linears;
  int64_t width = 0; // output columns
  int64_t depth = 0; // input columns
  int64_t parts;     // vectors of a tile of 16
  const Schedule schedule;
  int64_t most = 1; // tokens taken together
  Val packed, firstPacked;
  Storage input;
};

} // namespace weft::cpu
