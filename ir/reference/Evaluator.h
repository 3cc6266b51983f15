// Runs functions of a module by the definition of each op.
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

/// The reference evaluator: what every pass has to preserve and every backend to compute.
///
/// It takes a module at any stage before the backends: weft ops in functions, kernels
/// called by `weft.dispatch`, func.call and func.return; parameters of any storage;
/// attributes of placement and planning mean nothing to it. A value with a block encoding
/// is held as the f32 values that its blocks stand for. States keep what was appended from
/// one call to the next, rounded to their element type.
///
/// A state value may be used until the state is changed; a later use is an error, since
/// there is one memory behind all values of a state.
///
/// Weights are decoded when first used and kept as f32. Not thread-safe. The module and
/// the files must outlive it; the module must not change.
class Evaluator {
public:
  /// Room of the states.
  struct Options {
    /// Positions of a sequence.
    int64_t context = 256;
    int64_t sequences = 1;
  };

  /// Errors: room that is not positive or too large.
  static Result<Evaluator> create(mlir::ModuleOp module, WeightFiles &files, Options options);

  /// Runs a function; inputs and results are tensors. Errors name the op and its location
  /// ("layers.0/attention/q"): inputs that do not fit the function's type, an index out of
  /// range, an op without a reference, a weight that cannot be read. After an error the
  /// states are in an unspecified, valid condition.
  Result<std::vector<Tensor>> run(llvm::StringRef function, std::vector<Tensor> inputs);

  /// Forgets what the states hold.
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
