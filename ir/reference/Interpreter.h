// One call of a function by the evaluator.
#pragma once

#include "ir/reference/Evaluator.h"

#include <variant>

namespace weft {

/// A state at one point of a call.
struct StateValue {
  KvState *state;
  unsigned version;
};

/// What an SSA value stands for. Tensors are shared, since weights are large.
using Held = std::variant<std::shared_ptr<const Tensor>, StateValue>;

/// Runs the ops of functions. Lives for one call of Evaluator::run. A derived class may compute ops
/// in another way: that is how tests make the mistakes which the conformance suite has to find.
class Interpreter {
public:
  explicit Interpreter(Evaluator &evaluator) : evaluator(evaluator) {}
  virtual ~Interpreter() = default;

  /// Runs a function whose inputs have been checked against its type.
  Result<std::vector<Held>> call(mlir::func::FuncOp function, std::vector<Held> inputs);

protected:
  using Values = llvm::DenseMap<mlir::Value, Held>;

  /// The ops of tensors alone, and attend.
  virtual Result<Tensor> compute(mlir::Operation *op, Values &values);
  virtual Result<StateValue> append(AppendOp op, Values &values);
  /// The memory behind a state value; an error where it has changed since.
  Result<KvState *> newest(mlir::Value value, Values &values);

private:
  Result<void> runOp(mlir::Operation *op, Values &values);
  Result<void> callFunction(mlir::Operation *op, llvm::StringRef name, Values &values);
  Result<std::shared_ptr<const Tensor>> weight(WeightOp op);
  Result<StateValue> recall(RecallOp op);

  Evaluator &evaluator;
  /// Calls within calls; a function that calls itself would never end.
  unsigned depth = 0;
};

/// Whether a tensor is one of `type`: element type, rank and static sizes.
bool fits(const Tensor &tensor, mlir::Type type);

/// "f32 tensor of 3x64", for messages.
std::string describe(const Tensor &tensor);

} // namespace weft
