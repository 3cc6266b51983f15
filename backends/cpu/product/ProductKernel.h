// Matrix products with elementwise epilogues.
//
// Weights are tiled: 16 rows are interleaved, so that a lane of an accumulator is an output column
// and nothing is summed across lanes. Every output element is computed by the same operations in
// the same order for any number of tokens, threads or tiles processed together, so results are the
// same to the bit.
#pragma once

#include "backends/Backend.h"
#include "backends/cpu/KernelBuilder.h"
#include "backends/cpu/Schedule.h"

#include "llvm/ADT/DenseMap.h"

namespace weft::cpu {

/// Generates a product kernel: linears of one input and one width, and the elementwise ops that
/// compute the single result from them. A workgroup is a tile of 16 output columns.
class ProductKernel {
public:
  static constexpr int64_t tileRows = weft::tileRows;
  /// The elementwise ops that may follow the products.
  using Epilogue = OpList<AddOp, MulOp, SiluOp, GeluOp>;
  /// Returns whether product kernels support `op`.
  static bool takes(mlir::Operation *op) {
    return llvm::isa<LinearOp, ColumnsOp>(op) || Epilogue::has(op);
  }

  ProductKernel(KernelBuilder &k, mlir::func::FuncOp kernel, const Schedule &schedule);
  /// Generates the function, for exactly one token if `single`. Emits a diagnostic at the kernel
  /// and fails if the kernel has another structure than above or a weight has another layout than
  /// expected.
  llvm::LogicalResult generate(bool single);

private:
  /// The accumulators [linear][tile][vector][column], f32 vectors of the target's lanes. A column
  /// is a token; a tile has `parts` vectors.
  using Accumulators = llvm::SmallVector<Val>;

  llvm::LogicalResult check();
  /// Calls body(tile, count) for the tiles of this call, `most` or one at a time.
  void forTiles(int64_t most, llvm::function_ref<void(Val, int64_t)> body);
  /// Copies the inputs of the tokens [first, last) to `packed`, [tokens / most][depth][most].
  void pack(Val first, Val last);
  /// Returns the index of the first packed element of a token.
  Val placeOfPacked(Val token);
  /// Computes the tokens [first, last), at most `most` at a time, for the tiles [tile, tile +
  /// tiles).
  void columns(Val tile, int64_t tiles, Val first, Val last);
  /// Computes `count` tokens from `first`, for the tiles [tile, tile + tiles).
  void block(Val tile, int64_t tiles, Val first, int64_t count);

  /// The f32 inputs of some tokens; strides in elements.
  struct DenseInputs {
    Val base;
    int64_t columnStride = 0, tokenStride = 0;
  };
  Accumulators multiplyDense(Val tile, int64_t tiles, Val first, int64_t count);
  /// Returns the accumulators [tile][vector][column].
  Accumulators multiplyDense(LinearOp linear, const DenseInputs &inputs, Val tile, int64_t tiles,
                             int64_t count);

  /// Prefetches the bytes that lie schedule.aheadKib after the `bytes` at `offset` of a stream.
  void askAhead(Val base, Val offset, int64_t bytes);

  /// The weights of one linear in one tile, in a block format.
  struct Stream {
    Storage storage;
    Val base;
    int64_t codeBytes, scaleBytes; // of one block of the tile
  };
  llvm::SmallVector<Stream> streamsOf(Val tile, int64_t tiles);
  Accumulators multiplyBlocks(Val tile, int64_t tiles, Val first, int64_t count);
  /// Returns the accumulators [vector][column].
  Accumulators multiplyStream(const Stream &stream, Val rows, int64_t count);
  Accumulators multiplyPlainBlocks(const Stream &stream, Val rows, int64_t count);
  /// Returns the scales [block][vector] of the `here` blocks from `begin` on, which all belong to
  /// one group.
  llvm::SmallVector<Val> scalesOf(const Stream &stream, Val begin, int64_t here);
  /// Adds block begin + offset of the group of `here` blocks that begins at `begin` to `sums`;
  /// `scales` are its scales [vector].
  void multiplyBlock(const Stream &stream, Val rows, Val begin, int64_t offset, int64_t here,
                     llvm::ArrayRef<Val> scales, int64_t count, Accumulators &sums);
  /// Returns the scale of the activations' block `number` in a column.
  Val inputScale(Val rows, Val number, int64_t column);
  /// Returns the integer sums [column][vector] of the activations' block `number` times the codes
  /// at `codes` of a stream, from a start value for each column.
  llvm::SmallVector<Val> sumCodes(const Stream &stream, Val codes, Val rows, Val number,
                                  llvm::ArrayRef<Val> starts);
  // Super-blocks (SuperBlockProduct.cpp).
  Accumulators multiplySuperBlocks(const Stream &stream, Val rows, int64_t count);
  /// Stores to `to`, as [column][block], what each block of a super-block needs of the activations'
  /// sums, for its blocks from `first` on. With minima: the f32 by which the minima are multiplied.
  /// Otherwise: the i32 from which the integer sums start.
  void storeInputSums(const Storage &weights, Val rows, Val first, int64_t count, Val to);
  /// Adds to `sums` block `block` of the super-block at `base` of a stream times block `number` of
  /// the activations, using what storeInputSums() stored.
  void multiplyInSuperBlock(const Stream &stream, Val base, Val block, Val rows, Val number,
                            Val inputSums, Accumulators &sums);
  void epilogue(Val tile, int64_t tiles, Val first, int64_t count, const Accumulators &results);
  /// Returns an operand of the epilogue at (token, column).
  Val operand(mlir::Value value, Val token, Val column);

  /// Whether the last tile has fewer output columns than a whole tile.
  bool hasTail() const { return width % tileRows != 0; }

  KernelBuilder &k;
  mlir::func::FuncOp kernel;
  llvm::SmallVector<LinearOp> linears;
  int64_t width = 0; // output columns
  int64_t depth = 0; // input columns
  int64_t parts;     // vectors per tile of 16 rows
  const Schedule schedule;
  int64_t most = 1; // tokens processed together
  Val packed, firstPacked;
  Storage input;
};

} // namespace weft::cpu
