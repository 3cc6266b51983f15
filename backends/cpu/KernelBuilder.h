// The common code around a generated kernel: its bindings, sizes and loops.
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
  /// Begins a function `name` at the end of `module`. The body is built through this object;
  /// finish() ends it.
  KernelBuilder(mlir::ModuleOp module, llvm::StringRef name, const CpuTarget &target,
                mlir::Location loc);
  void finish();

  const CpuTarget &target;
  mlir::ImplicitLocOpBuilder builder;

  /// The number of f32 lanes of a vector register.
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
  /// Returns `value` as a constant of `type`, in every lane of a vector.
  Val constant(mlir::Type type, double value);

  /// Returns a constant vector of these bytes.
  Val constants(llvm::ArrayRef<int8_t> bytes);

  /// Returns the pointer of binding `number`.
  Val binding(unsigned number);
  /// Returns a size of the call, as an i64.
  Val size(WeftSize which);
  /// The range of workgroups [groupBegin, groupEnd) that this call of the kernel computes.
  Val groupBegin() { return begin; }
  Val groupEnd() { return end; }

  /// Returns `vector` with zeros in all lanes after the first `count`.
  Val keepFirst(Val vector, int64_t count);

  /// Load and store `type` at `base` + `offset` bytes. `align` is the known alignment in bytes; 1
  /// if nothing is known.
  Val load(mlir::Type type, Val base, Val offset, unsigned align = 4);
  void store(Val value, Val base, Val offset, unsigned align = 4);
  /// Load and store only the first `count` lanes, a constant; the others are loaded as zero, or not
  /// written.
  Val loadFirst(mlir::VectorType type, Val base, Val offset, int64_t count, unsigned align = 4);
  void storeFirst(Val value, Val base, Val offset, int64_t count, unsigned align = 4);
  /// The same with a number of lanes that is known only at run time.
  Val loadFirst(mlir::VectorType type, Val base, Val offset, Val count, unsigned align = 4);
  void storeFirst(Val value, Val base, Val offset, Val count, unsigned align = 4);
  /// Load a scalar of storage, or `lanes` contiguous ones, as f32. The result has to be multiplied
  /// by unitOf(type), which is left to the caller so that it happens where it costs least.
  Val loadScalar(Scalar type, Val base, Val offset);
  Val loadScalars(Scalar type, int64_t lanes, Val base, Val offset);
  static double unitOf(Scalar type) { return type == Scalar::F8 ? 16 : 1; }
  /// Prefetches the cache line at `base` + `offset` into the second-level cache. Any address is
  /// allowed.
  void prefetch(Val base, Val offset);
  /// Returns the pointer `base` + `offset` bytes.
  Val address(Val base, Val offset);
  /// Returns `bytes` bytes of the stack frame, aligned to 64 bytes. They are allocated once, at the
  /// start of the function.
  Val scratch(int64_t bytes);

  /// Emits for (i = begin; i < end; i += step) with the loop-carried values `inits`. The body
  /// returns their next values. Returns their last values.
  using LoopBody = llvm::function_ref<llvm::SmallVector<Val>(Val, llvm::ArrayRef<Val>)>;
  llvm::SmallVector<Val> loop(Val begin, Val end, Val step, llvm::ArrayRef<Val> inits,
                              LoopBody body);
  /// The same loop without carried values.
  void loop(Val begin, Val end, Val step, llvm::function_ref<void(Val)> body);
  /// Emit an if, with or without an else.
  void when(Val condition, llvm::function_ref<void()> body);
  void when(Val condition, llvm::function_ref<void()> body, llvm::function_ref<void()> otherwise);

  /// Emits a call of an LLVM intrinsic.
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
