// Kernels of row-wise ops. Each thread computes some rows and runs the whole body on one row at a
// time, which stays in the first-level cache.
#pragma once

#include "backends/Backend.h"
#include "backends/cpu/KernelBuilder.h"

#include "llvm/ADT/DenseMap.h"

#include <functional>

namespace weft::cpu {

/// One row of a value while its kernel is generated: f32 elements that are read a vector at a time.
/// Reading either loads from memory (if `base` is set) or computes from other rows, so chains of
/// elementwise ops become one loop.
struct RowValue {
  int64_t columns = 0;
  /// Returns the vector at column `column`. Only its first `count` lanes are used; the others are
  /// undefined.
  std::function<Val(Val column, int64_t count)> read;
  /// The address of the first element, if the row is in memory as plain f32; otherwise null.
  Val base;
};

/// Generates the function of a row kernel. A workgroup is a row.
class RowKernel {
public:
  /// The ops that row kernels support.
  using Ops = OpList<EmbedOp, TakeRowsOp, ColumnsOp, AddOp, MulOp, SiluOp, GeluOp, RmsNormOp,
                     LayerNormOp, QuantizeOp, RopeTableOp, RopeOp, AppendOp>;
  static bool takes(mlir::Operation *op) { return Ops::has(op); }

  RowKernel(KernelBuilder &k, mlir::func::FuncOp kernel) : k(k), kernel(kernel) {}
  /// Generates the function. Emits a diagnostic at an op with a type that its generator does not
  /// support, and fails.
  llvm::LogicalResult generate();

private:
  llvm::LogicalResult check();
  /// Generates the code of `op`. Emits a diagnostic if `op` is not one of Ops, and fails.
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

  /// Returns the row of `value`, an argument or the result of an earlier op.
  const RowValue &row(mlir::Value value);
  /// Returns a row of f32 in memory at `base`.
  RowValue inMemory(Val base, int64_t columns);
  /// Defines `value` by an expression that is computed whenever it is read. It is stored once if it
  /// is a result of the kernel or read more than once.
  void defineLazily(mlir::Value value, std::function<Val(Val, int64_t)> read);
  /// Defines `value` in memory: `write` is called at once with the address of its row.
  void defineInMemory(mlir::Value value, llvm::function_ref<void(Val)> write);
  /// Returns the i32 of this row of an argument such as positions, as i64.
  Val integer(mlir::Value value);
  /// Returns the pointer of the binding of an argument.
  Val pointer(mlir::Value argument);
  /// Returns the address of this row of a result of the kernel; null for other values.
  Val destination(mlir::Value value);

  /// Calls `body(column, count)` for the columns, a vector at a time.
  void forColumns(int64_t columns, llvm::function_ref<void(Val, int64_t)> body);
  /// The same, with a vector as loop-carried value; returns its last value.
  Val foldColumns(int64_t columns, double initial, llvm::function_ref<Val(Val, Val, int64_t)> body);

  KernelBuilder &k;
  mlir::func::FuncOp kernel;
  Val current; // index of the current row
  llvm::DenseMap<mlir::Value, RowValue> rows;
};

} // namespace weft::cpu
