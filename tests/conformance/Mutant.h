// A backend that makes one mistake: what the conformance suite is there to find.
#pragma once

#include "ir/reference/Interpreter.h"

#include <functional>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace weft::test {

/// One op as it is about to be computed, with its operands, which a mistake may change for this op
/// alone.
class OpCall {
public:
  using Values = llvm::DenseMap<mlir::Value, Held>;
  /// Computes the op as the reference does, on these operands.
  using Right = std::function<Result<Tensor>(mlir::Operation *op, Values &values)>;

  OpCall(mlir::Operation *op, const Values &values, Right right)
      : op(op), values(values), right(std::move(right)) {}

  const Tensor &get(mlir::Value value) const {
    return *std::get<std::shared_ptr<const Tensor>>(values.at(value));
  }
  KvState &state(mlir::Value value) const { return *std::get<StateValue>(values.at(value)).state; }
  void set(mlir::Value value, Tensor tensor) {
    values[value] = std::make_shared<const Tensor>(std::move(tensor));
  }
  Result<Tensor> compute() { return right(op, values); }

  mlir::Operation *op;
  Values values;

private:
  Right right;
};

/// A mistake, and the case of the suite that is there to find it.
struct Mutant {
  std::string name;
  /// Case::op and Case::shape.
  std::string op, shape;
  /// Computes an op wrongly; nothing for an op that is computed right.
  std::function<std::optional<Result<Tensor>>(OpCall &)> compute = {};
  /// Changes what is appended to a state, or where.
  std::function<void(AppendOp, OpCall &)> append = {};
  /// Changes a kernel before it becomes code.
  std::function<void(mlir::func::FuncOp)> compile = {};
  /// What the suite says of it.
  std::string message = "expected an error of at most";
};

/// What GoogleTest prints of one.
inline void PrintTo(const Mutant &mutant, std::ostream *to) { *to << mutant.name; }

/// All mistakes that are tried.
std::vector<Mutant> allMutants();

/// The name of the backend and of its device.
inline constexpr const char *mutantTarget = "mutant";
/// Registers both, the reference otherwise; once a process.
Result<void> registerMutant();
/// What they get wrong from here on; nullptr: nothing. Must outlive what is compiled and run.
void makeMistake(const Mutant *mutant);

} // namespace weft::test
