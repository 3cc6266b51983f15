// One call of Evaluator::run.
#pragma once

#include "ir/reference/Evaluator.h"

#include <variant>

namespace weft {

/// A state at one point of a call. `version` counts the changes of the state before that point.
struct StateValue {
  KvState *state;
  unsigned version;
};

/// The value of an SSA value. Tensors are shared, since weights are large.
using Held = std::variant<std::shared_ptr<const Tensor>, StateValue>;

/// Evaluates the ops of functions. Lives for one call of Evaluator::run. A derived class may
/// evaluate ops in another way: tests use this to make the mistakes that the conformance suite must
/// find.
class Interpreter {
public:
  explicit Interpreter(Evaluator &evaluator) : evaluator(evaluator) {}
  virtual ~Interpreter() = default;

  /// Runs a function whose inputs were checked against its type. Errors: as of Evaluator::run.
  Result<std::vector<Held>> call(mlir::func::FuncOp function, std::vector<Held> inputs);

protected:
  using Values = llvm::DenseMap<mlir::Value, Held>;

  /// Evaluates an op that computes a tensor, including attend.
  virtual Result<Tensor> compute(mlir::Operation *op, Values &values);
  virtual Result<StateValue> append(AppendOp op, Values &values);
  /// Returns the memory of a state value. Errors: the state has changed since.
  Result<KvState *> newest(mlir::Value value, Values &values);

private:
  Result<void> runOp(mlir::Operation *op, Values &values);
  Result<void> callFunction(mlir::Operation *op, llvm::StringRef name, Values &values);
  Result<std::shared_ptr<const Tensor>> weight(WeightOp op);
  Result<StateValue> recall(RecallOp op);

  Evaluator &evaluator;
  /// The depth of nested calls; limited, because a function that calls itself would never end.
  unsigned depth = 0;
};

/// Returns whether a tensor matches `type`: element type, rank and static sizes.
bool fits(const Tensor &tensor, mlir::Type type);

/// Returns a description for messages: "f32 tensor of 3x64".
std::string describe(const Tensor &tensor);

} // namespace weft
