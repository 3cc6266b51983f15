// Evaluates functions of a module by the definition of each op.
#pragma once

#include "ir/Weft.h"
#include "ir/reference/KvState.h"
#include "ir/reference/Tensor.h"
#include "ir/storage/WeightFiles.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/DenseMap.h"

#include <memory>

namespace weft {

/// The reference evaluator: it defines what every pass has to preserve and every backend to
/// compute.
///
/// It accepts a module at any stage before the backends: weft ops in functions, kernels called by
/// `weft.dispatch`, func.call and func.return, and parameters of any storage. It ignores the
/// attributes of placement and planning. A value with a block encoding is stored as the decoded f32
/// values of its blocks. States keep appended keys and values from one call to the next, rounded to
/// the state's storage.
///
/// A state value may be used until the state is changed. A later use is an error, since all values
/// of a state share one memory.
///
/// Weights are decoded on first use and kept as f32. Not thread-safe. The module and the files must
/// outlive the evaluator; the module must not change.
class Evaluator {
public:
  /// The sizes of the states.
  struct Options {
    /// Positions per sequence.
    int64_t context = 256;
    int64_t sequences = 1;
  };

  /// Makes an evaluator. Errors: sizes that are not positive or too large.
  static Result<Evaluator> create(mlir::ModuleOp module, WeightFiles &files, Options options);

  /// Runs a function; inputs and results are tensors. Errors: inputs that do not match the
  /// function's type, an index out of range, an op without a reference, a weight that cannot be
  /// read; the message names the op and its location ("layers.0/attention/q"). After an error the
  /// contents of the states are unspecified but valid.
  Result<std::vector<Tensor>> run(llvm::StringRef function, std::vector<Tensor> inputs);

  /// Clears all states.
  void reset();

private:
  friend class Interpreter;
  Evaluator(mlir::ModuleOp module, WeightFiles &files, Options options)
      : module(module), files(&files), options(options), symbols(module) {}

  mlir::ModuleOp module;
  WeightFiles *files;
  Options options;
  mlir::SymbolTable symbols;
  llvm::DenseMap<mlir::Operation *, std::shared_ptr<const Tensor>> weights;
  llvm::DenseMap<mlir::Operation *, std::unique_ptr<KvState>> states;
};

} // namespace weft
