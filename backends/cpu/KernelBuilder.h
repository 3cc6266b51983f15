// The frame of a generated kernel: its bindings, sizes and loops.
#pragma once

#include "backends/Backend.h"
#include "backends/cpu/Values.h"
#include "backends/cpu/emit/CpuTarget.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace weft::cpu {

/// Builds one function that follows the kernel calling convention
/// (runtime/artifact/Kernel.h). Byte offsets are i64.
class KernelBuilder {
public:
  /// Begins a function `name` at the end of `module`; the body is built through this
  /// object, finish() ends it.
  KernelBuilder(mlir::ModuleOp module, llvm::StringRef name, const CpuTarget &target,
                mlir::Location loc);
  void finish();

  const CpuTarget &target;
  mlir::ImplicitLocOpBuilder builder;

  /// f32 lanes of a vector register.
  int64_t lanes() const { return target.lanes; }
  mlir::Type f32() { return builder.getF32Type(); }
  mlir::Type i8() { return builder.getI8Type(); }
  mlir::Type i32() { return builder.getI32Type(); }
  mlir::Type i64() { return builder.getI64Type(); }
  mlir::Type scalarType(Scalar scalar);
  mlir::VectorType vectorOf(int64_t lanes, mlir::Type element) {
    return mlir::VectorType::get({lanes}, element);
  }
  mlir::VectorType floats() { return vectorOf(lanes(), f32()); }

  Val index(int64_t value);
  Val real(double value);
  /// Zero, or `value` in every lane.
  Val constant(mlir::Type type, double value);

  /// A vector of these bytes.
  Val constants(llvm::ArrayRef<int8_t> bytes);

  Val binding(unsigned number);
  Val size(WeftSize which);
  Val groupBegin() { return begin; }
  Val groupEnd() { return end; }

  /// `vector` with zeros past its first `count` lanes.
  Val keepFirst(Val vector, int64_t count);

  /// Loads `type` at `base` + `offset` bytes. `align` in bytes; 1 where nothing is known.
  Val load(mlir::Type type, Val base, Val offset, unsigned align = 4);
  void store(Val value, Val base, Val offset, unsigned align = 4);
  /// The first `count` lanes (a constant); the others read as zero, or are not written.
  Val loadFirst(mlir::VectorType type, Val base, Val offset, int64_t count, unsigned align = 4);
  void storeFirst(Val value, Val base, Val offset, int64_t count, unsigned align = 4);
  /// The same with a number of lanes known when it runs.
  Val loadFirst(mlir::VectorType type, Val base, Val offset, Val count, unsigned align = 4);
  void storeFirst(Val value, Val base, Val offset, Val count, unsigned align = 4);
  /// A scalar of storage, or `lanes` that follow each other, as f32 in units of unitOf(type):
  /// the multiplication is left to where it costs least.
  Val loadScalar(Scalar type, Val base, Val offset);
  Val loadScalars(Scalar type, int64_t lanes, Val base, Val offset);
  static double unitOf(Scalar type) { return type == Scalar::F8 ? 16 : 1; }
  /// Asks for the cache line at `base` + `offset` to be brought into the second-level cache;
  /// any address will do.
  void prefetch(Val base, Val offset);
  /// `base` + `offset` bytes.
  Val address(Val base, Val offset);
  /// `bytes` bytes of the stack frame, 64-byte aligned; made once, at the start.
  Val scratch(int64_t bytes);

  /// for (i = begin; i < end; i += step), carrying `inits`; the body returns their next
  /// values. Returns the last ones.
  using LoopBody = llvm::function_ref<llvm::SmallVector<Val>(Val, llvm::ArrayRef<Val>)>;
  llvm::SmallVector<Val> loop(Val begin, Val end, Val step, llvm::ArrayRef<Val> inits,
                              LoopBody body);
  /// The same, carrying nothing.
  void loop(Val begin, Val end, Val step, llvm::function_ref<void(Val)> body);
  void when(Val condition, llvm::function_ref<void()> body);
  void when(Val condition, llvm::function_ref<void()> body, llvm::function_ref<void()> otherwise);

  /// Calls an LLVM intrinsic.
  Val intrinsic(llvm::StringRef name, mlir::Type result, llvm::ArrayRef<Val> arguments);

private:
  Val widen(Scalar type, Val stored);
  Val mask(int64_t lanes, Val count);
  Val mask(int64_t lanes, int64_t count);

  mlir::func::FuncOp function;
  mlir::Block *entry;
  Val bindings, sizes, begin, end;
};

} // namespace weft::cpu
