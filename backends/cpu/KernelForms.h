// The variants in which a kernel is compiled, and their free parameters.
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

/// Returns the kind of `kernel` by its role; Unknown if it has no role, or an op that the generator
/// of that kind does not support.
KernelKind kindOf(mlir::func::FuncOp kernel);

/// Another way to compile a variant, faster than the default on some processors.
struct Alternative {
  Schedule schedule;
  /// The features of the program's target, possibly with additional ones.
  CpuTarget target;
  /// The suffix of the function's name: ".unroll2.prefetch".
  std::string suffix;
  /// See KernelAlternative::favoredBy.
  std::optional<std::string> favoredBy;
};

/// One variant of a kernel.
struct CompiledForm {
  /// What a variant is compiled for. Any: any number of tokens (or rows). Single: exactly one.
  /// Parts: few tokens, where the work is divided into the splits of AttentionSplit. Finish: the
  /// step that combines the results of Parts.
  enum class Use { Any, Single, Parts, Finish };

  mlir::func::FuncOp kernel;
  KernelKind kind = KernelKind::Unknown;
  Use use = Use::Any;

  bool single() const { return use == Use::Single; }
  /// Returns the most tokens (or rows) that it can be called with; 0: any number.
  uint64_t most() const;
  /// Returns the name of the compiled function: "linear_add_1".
  std::string name() const;
  schema::Grid grid(const Schedule &schedule) const;
  /// Adds the function `name` to `module`. Emits a diagnostic and fails if it cannot.
  llvm::LogicalResult generate(mlir::ModuleOp module, llvm::StringRef name, const CpuTarget &target,
                               const Schedule &schedule) const;

  Schedule defaultSchedule(const CpuTarget &target) const;
  /// Returns the alternatives from which the machine that runs the program may choose. They are
  /// few, because each is code in the artifact.
  std::vector<Alternative> alternatives(const CpuTarget &target) const;
  /// Returns the free parameters of its code.
  std::vector<Parameter> parameters() const;
  /// Returns the schedules worth measuring, the default first; only the default if nothing is free.
  std::vector<Schedule> candidates(const CpuTarget &target) const;
};

/// Returns the variants of `kernel` in the order in which the runtime tries them. A Finish variant
/// comes right after the Parts variant that it belongs to. Empty if the kind is Unknown.
std::vector<CompiledForm> formsOf(mlir::func::FuncOp kernel);

/// Returns KernelForms::scratchBytes of `kernel`.
uint64_t scratchBytesOf(mlir::func::FuncOp kernel, const CpuTarget &target);

} // namespace weft::cpu
