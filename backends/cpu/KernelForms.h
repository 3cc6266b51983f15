// In which forms a kernel is compiled, and what of them is free to choose.
#pragma once

#include "backends/Backend.h"
#include "backends/cpu/Schedule.h"
#include "backends/cpu/emit/CpuTarget.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

#include <optional>
#include <string>
#include <vector>

namespace weft::cpu {

enum class KernelKind { Rows, Product, Attention, Unknown };

/// What `kernel` is by its role; Unknown where it has none, or an op that the generator of that
/// kind does not know.
KernelKind kindOf(mlir::func::FuncOp kernel);

/// Another way to compile a form, which is faster than the default on some processors.
struct Alternative {
  Schedule schedule;
  /// With the features of the target and maybe more.
  CpuTarget target;
  /// Behind the name of the form: ".unroll2.prefetch".
  std::string suffix;
  /// As KernelAlternative::favoredBy.
  std::optional<std::string> favoredBy;
};

/// One form of a kernel.
struct CompiledForm {
  /// What a kernel is compiled for: any number of tokens (or rows), exactly one, few of them
  /// for which the work is cut finer, and what finishes the job of that.
  enum class Use { Any, Single, Parts, Finish };

  mlir::func::FuncOp kernel;
  KernelKind kind = KernelKind::Unknown;
  Use use = Use::Any;

  bool single() const { return use == Use::Single; }
  /// Tokens (or rows) that it takes at most; 0: any number.
  uint64_t most() const;
  /// Of the compiled function: "linear_add_1".
  std::string name() const;
  schema::Grid grid(const Schedule &schedule) const;
  /// Adds the function `name` to `module`. Emits a diagnostic where it cannot.
  llvm::LogicalResult generate(mlir::ModuleOp module, llvm::StringRef name, const CpuTarget &target,
                               const Schedule &schedule) const;

  Schedule defaultSchedule(const CpuTarget &target) const;
  /// What else is compiled for the machine that runs it to choose from; few, because each is code.
  std::vector<Alternative> alternatives(const CpuTarget &target) const;
  /// The parameters of its code.
  std::vector<Parameter> parameters() const;
  /// Schedules worth measuring, the default first; no more than that where nothing is free.
  std::vector<Schedule> candidates(const CpuTarget &target) const;
};

/// The forms of `kernel`, by falling preference, what finishes one right behind it; none where
/// it is Unknown.
std::vector<CompiledForm> formsOf(mlir::func::FuncOp kernel);

/// As KernelForms::scratchBytes.
uint64_t scratchBytesOf(mlir::func::FuncOp kernel, const CpuTarget &target);

} // namespace weft::cpu
