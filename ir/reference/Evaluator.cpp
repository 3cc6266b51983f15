#include "ir/reference/Evaluator.h"

#include "ir/reference/Interpreter.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace weft {

std::string describe(const Tensor &tensor) {
  std::string text = tensor.element() == Tensor::Element::F32 ? "f32 tensor of " : "i32 tensor of ";
  llvm::raw_string_ostream stream(text);
  llvm::interleave(tensor.shape(), stream, "x");
  return text;
}

bool fits(const Tensor &tensor, Type type) {
  auto tensorType = dyn_cast<RankedTensorType>(type);
  if (!tensorType || tensorType.getRank() != int64_t(tensor.shape().size()))
    return false;
  if (tensorType.getElementType().isInteger(32) != (tensor.element() == Tensor::Element::I32))
    return false;
  for (auto [expected, found] : llvm::zip_equal(tensorType.getShape(), tensor.shape()))
    if (!ShapedType::isDynamic(expected) && expected != found)
      return false;
  return true;
}

Result<Evaluator> Evaluator::create(ModuleOp module, WeightFiles &files, Options options) {
  constexpr int64_t most = int64_t(1) << 31;
  if (options.context <= 0 || options.context >= most)
    return fail("expected a context of at least 1 and below 2^31, found " +
                std::to_string(options.context));
  if (options.sequences <= 0 || options.sequences >= most)
    return fail("expected at least 1 and below 2^31 sequences, found " +
                std::to_string(options.sequences));
  return Evaluator(module, files, options);
}

Result<std::vector<Tensor>> Evaluator::run(StringRef name, std::vector<Tensor> inputs) {
  auto function = symbols.lookup<func::FuncOp>(name);
  if (!function)
    return fail("no function '" + name.str() + "'");
  ArrayRef<Type> types = function.getFunctionType().getInputs();
  if (types.size() != inputs.size())
    return fail("function '" + name.str() + "': expected " + std::to_string(types.size()) +
                " inputs, found " + std::to_string(inputs.size()));
  std::vector<Held> held;
  for (auto [i, input] : llvm::enumerate(inputs)) {
    if (!fits(input, types[i])) {
      std::string message;
      llvm::raw_string_ostream(message)
          << "function '" << name << "': expected input " << i << " of type " << types[i]
          << ", found an " << describe(input);
      return fail(message);
    }
    held.emplace_back(std::make_shared<const Tensor>(std::move(input)));
  }
  for (auto &entry : states)
    entry.second->version = 0;

  Result<std::vector<Held>> results = Interpreter(*this).call(function, std::move(held));
  if (!results)
    return failFrom(results);
  std::vector<Tensor> tensors;
  for (const Held &result : *results) {
    auto *tensor = std::get_if<std::shared_ptr<const Tensor>>(&result);
    if (!tensor)
      return fail("function '" + name.str() + "': expected tensors as results, found a state");
    tensors.push_back(**tensor);
  }
  return tensors;
}

void Evaluator::reset() {
  for (auto &entry : states)
    entry.second->clear();
}

} // namespace weft
