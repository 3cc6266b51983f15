#include "ir/reference/EvaluatePass.h"

#include "ir/reference/Evaluator.h"

#include "mlir/Pass/Pass.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <charconv>

using namespace mlir;

namespace weft {

namespace {

constexpr llvm::StringLiteral inputsAttrName = "weft.inputs";

/// The shortest text that reads as `value` again.
std::string textOf(float value) {
  char digits[32];
  auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), value);
  return std::string(digits, end);
}

void print(const Tensor &tensor, llvm::raw_ostream &to) {
  bool floats = tensor.element() == Tensor::Element::F32;
  int64_t columns = tensor.columns(), rows = tensor.rows();
  bool matrix = tensor.shape().size() == 2;
  to << "tensor<";
  for (int64_t size : tensor.shape())
    to << size << "x";
  to << (floats ? "f32> " : "i32> ") << (matrix ? "[" : "");
  for (int64_t i = 0; i < rows; ++i) {
    to << (i ? ", [" : "[");
    for (int64_t j = 0; j < columns; ++j) {
      int64_t at = i * columns + j;
      to << (j ? ", " : "")
         << (floats ? textOf(tensor.values()[at]) : std::to_string(tensor.indices()[at]));
    }
    to << "]";
  }
  to << (matrix ? "]\n" : "\n");
}

/// A tensor of i32 or f32 of rank 1 or 2 that an attribute spells out.
FailureOr<Tensor> tensorOf(Attribute attribute) {
  auto dense = dyn_cast<DenseElementsAttr>(attribute);
  if (!dense)
    return failure();
  auto type = dyn_cast<RankedTensorType>(dense.getType());
  if (!type || type.getRank() < 1 || type.getRank() > 2)
    return failure();
  if (type.getElementType().isInteger(32) && type.getRank() == 1)
    return Tensor::ofIndices({dense.value_begin<int32_t>(), dense.value_end<int32_t>()});
  if (!type.getElementType().isF32())
    return failure();
  return Tensor(type.getShape().vec(),
                std::vector<float>(dense.value_begin<float>(), dense.value_end<float>()));
}

struct EvaluatePass : public PassWrapper<EvaluatePass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(EvaluatePass)

  EvaluatePass() = default;
  EvaluatePass(const EvaluatePass &other) : PassWrapper(other) {}

  StringRef getArgument() const final { return "weft-evaluate"; }
  StringRef getDescription() const final {
    return "Calls functions with the inputs of their attribute 'weft.inputs' by the reference "
           "evaluator and prints what they return";
  }

  void runOnOperation() override {
    WeightFiles files(folder());
    auto evaluator = Evaluator::create(getOperation(), files, {context, sequences});
    if (!evaluator) {
      getOperation().emitError(evaluator.error().message);
      return signalPassFailure();
    }
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (Attribute calls = function->getAttr(inputsAttrName))
        if (failed(evaluate(function, calls, *evaluator)))
          return signalPassFailure();
    llvm::outs().flush();
    markAllAnalysesPreserved();
  }

private:
  LogicalResult evaluate(func::FuncOp function, Attribute attribute, Evaluator &evaluator) {
    auto refuse = [&](const llvm::Twine &message) { return function.emitError(message); };
    auto calls = dyn_cast<ArrayAttr>(attribute);
    if (!calls)
      return refuse("expected '" + inputsAttrName + "' to be a list of calls");
    for (auto [number, call] : llvm::enumerate(calls)) {
      std::vector<Tensor> inputs;
      auto list = dyn_cast<ArrayAttr>(call);
      for (Attribute input : list ? list.getValue() : ArrayRef<Attribute>()) {
        FailureOr<Tensor> tensor = tensorOf(input);
        if (failed(tensor))
          return refuse("expected inputs of 'dense<...>' vectors of i32 or tensors of f32");
        inputs.push_back(std::move(*tensor));
      }
      auto results = evaluator.run(function.getName(), std::move(inputs));
      if (!results)
        return refuse(results.error().message);
      for (const Tensor &result : *results) {
        llvm::outs() << "@" << function.getName() << ", call " << number << ": ";
        print(result, llvm::outs());
      }
    }
    return success();
  }

  std::string folder() {
    auto file = getOperation()->getLoc()->findInstanceOf<FileLineColLoc>();
    return file ? llvm::sys::path::parent_path(file.getFilename()).str() : "";
  }

  Option<int64_t> context{*this, "context", llvm::cl::init(256),
                          llvm::cl::desc("Positions that states have room for")};
  Option<int64_t> sequences{*this, "sequences", llvm::cl::init(2),
                            llvm::cl::desc("Sequences that states have room for")};
};

} // namespace

void registerEvaluatePass() { PassRegistration<EvaluatePass>(); }

} // namespace weft
