// A kernel of a program, run by the reference evaluator on memory as programs give it.
#pragma once

#include "ir/reference/Evaluator.h"
#include "ir/reference/Interpreter.h"
#include "runtime/artifact/Kernel.h"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace weft {

/// Turns bindings into tensors, evaluates the function, and writes its results back. States
/// are [sequence][position][keys | values] of f32. Not thread-safe.
class ReferenceKernel {
public:
  /// What runs the ops of one call.
  using MakeInterpreter = std::function<std::unique_ptr<Interpreter>(Evaluator &)>;

  /// `module`, in which `function` is, must outlive it. Errors: a type that no binding has.
  static Result<std::unique_ptr<ReferenceKernel>>
  create(mlir::ModuleOp module, mlir::func::FuncOp function, MakeInterpreter makeInterpreter);

  /// Errors: not as many as the function has, arguments and results that are no states.
  Result<void> checkBindings(size_t count);
  /// `sizes` in the order of WeftSize. Errors: bindings that are not those of the function, or
  /// too short, and those of the evaluator.
  Result<void> run(std::span<const std::span<std::byte>> bindings,
                   std::span<const int64_t, WEFT_SIZE_COUNT> sizes);

private:
  ReferenceKernel(mlir::func::FuncOp function, Evaluator evaluator, MakeInterpreter makeInterpreter)
      : function(function), evaluator(std::move(evaluator)),
        makeInterpreter(std::move(makeInterpreter)) {}

  Result<Held> load(mlir::BlockArgument argument, std::span<std::byte> binding,
                    std::span<const int64_t, WEFT_SIZE_COUNT> sizes);
  Result<KvState *> loadState(unsigned number, KvType type, std::span<const std::byte> binding,
                              std::span<const int64_t, WEFT_SIZE_COUNT> sizes);

  mlir::func::FuncOp function;
  Evaluator evaluator;
  MakeInterpreter makeInterpreter;
  /// Of each argument that is a state.
  std::vector<std::unique_ptr<KvState>> states;
};

} // namespace weft
