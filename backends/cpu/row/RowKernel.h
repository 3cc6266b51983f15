// Kernels of row-wise ops: each thread takes some rows and runs the whole body on one row
// at a time, which stays in the first-level cache.
#pragma once

#include "backends/Backend.h"
#include "backends/cpu/KernelBuilder.h"

#include "llvm/ADT/DenseMap.h"

#include <functional>

namespace weft::cpu {

/// One row of a value while its kernel is generated: f32 elements that are read a vector
/// at a time. Reading either loads (`base` is set) or computes from other rows, so chains
/// of elementwise ops become one loop.
struct RowValue {
  int64_t columns = 0;
  /// The vector at column `column`; the first `count` of its lanes are wanted, the others
  /// may hold anything.
  std::function<Val(Val column, int64_t count)> read;
  /// Address of the first element, where the row is in memory as plain f32.
  Val base;
};

/// Generates the function for a row kernel. Groups are rows.
class RowKernel {
public:
  /// The ops that row kernels know.
  using Ops = OpList<EmbedOp, TakeRowsOp, ColumnsOp, AddOp, MulOp, SiluOp, GeluOp, RmsNormOp,
                     LayerNormOp, QuantizeOp, RopeTableOp, RopeOp, AppendOp>;
  static bool takes(mlir::Operation *op) { return Ops::has(op); }

  RowKernel(KernelBuilder &k, mlir::func::FuncOp kernel) : k(k), kernel(kernel) {}
  /// Emits a diagnostic at an op of a type that its generator does not read.
  llvm::LogicalResult generate();

private:
  llvm::LogicalResult check();
  /// Emits a diagnostic where `op` is none of Ops.
  llvm::LogicalResult visit(mlir::Operation *op);

  void columns(ColumnsOp op);
  // Norm.
  void rmsNorm(RmsNormOp op);
  void layerNorm(LayerNormOp op);
  // Quantization.
  void quantize(QuantizeOp op);
  // Gathers (RowGather.cpp).
  void embed(EmbedOp op);
  void embedDenseTiled(EmbedOp op, const Storage &storage, Val table, Val id);
  void embedBlocks(EmbedOp op, const Storage &storage, Val table, Val id);
  void embedSuperBlocks(EmbedOp op, const Storage &storage, Val table, Val id);
  void takeRows(TakeRowsOp op);
  // Positions (RowPositions.cpp).
  void ropeTable(RopeTableOp op);
  void rope(RopeOp op);
  void ropeHalves(const RowValue &in, const RowValue &table, Val out, Val head,
                  int64_t frequencies);
  void ropeNeighbours(const RowValue &in, const RowValue &table, Val out, Val head,
                      int64_t frequencies);
  void append(AppendOp op);

  /// The row of `value`: of an argument, or what an earlier op defined.
  const RowValue &row(mlir::Value value);
  /// A row of f32 in memory.
  RowValue inMemory(Val base, int64_t columns);
  /// `value` is computed when it is read; stored once where it is a result of the kernel
  /// or read more than once.
  void defineLazily(mlir::Value value, std::function<Val(Val, int64_t)> read);
  /// `value` is written now by `write`, given the address of its row.
  void defineInMemory(mlir::Value value, llvm::function_ref<void(Val)> write);
  /// Scalar i32 of this row of an argument such as positions, as i64.
  Val integer(mlir::Value value);
  /// Pointer that the kernel was given for an argument.
  Val pointer(mlir::Value argument);
  /// Where this row of a result of the kernel goes; null for other values.
  Val destination(mlir::Value value);

  /// Runs `body(column, count)` over the columns, a vector at a time.
  void forColumns(int64_t columns, llvm::function_ref<void(Val, int64_t)> body);
  /// The same, folding a vector; returns the vector.
  Val foldColumns(int64_t columns, double initial, llvm::function_ref<Val(Val, Val, int64_t)> body);

  KernelBuilder &k;
  mlir::func::FuncOp kernel;
  Val current; // index of the row
  llvm::DenseMap<mlir::Value, RowValue> rows;
};

} // namespace weft::cpu
