// Runs a kernel with the reference evaluator on the bindings of a program.
#pragma once

#include "ir/reference/Evaluator.h"
#include "ir/reference/Interpreter.h"
#include "runtime/artifact/Kernel.h"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace weft {

/// One kernel. It converts bindings to tensors, evaluates the function, and writes the results
/// back. States are [sequence][position][keys | values] of f32. Not thread-safe.
class ReferenceKernel {
public:
  /// Makes what evaluates the ops of one call.
  using MakeInterpreter = std::function<std::unique_ptr<Interpreter>(Evaluator &)>;

  /// Makes the kernel for `function` in `module`, which must outlive it. Errors: an argument or
  /// result has a type that no binding can have.
  static Result<std::unique_ptr<ReferenceKernel>>
  create(mlir::ModuleOp module, mlir::func::FuncOp function, MakeInterpreter makeInterpreter);

  /// Errors: `count` is not the number of the function's arguments and of its results that are not
  /// states.
  Result<void> checkBindings(size_t count);
  /// Runs the kernel once. `sizes` are in the order of WeftSize. Errors: the bindings do not match
  /// the function or are too short, and those of the evaluator.
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
  /// The state of each argument that is one; null for other arguments.
  std::vector<std::unique_ptr<KvState>> states;
};

} // namespace weft
