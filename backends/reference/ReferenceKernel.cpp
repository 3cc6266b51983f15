#include "backends/reference/ReferenceKernel.h"

#include "ir/storage/Packing.h"

#include <cstring>

using namespace mlir;

namespace weft {

/// Kernels name no weights, so there is nothing to find here.
static WeightFiles &noFiles() {
  static WeightFiles files("");
  return files;
}

Result<std::unique_ptr<ReferenceKernel>>
ReferenceKernel::create(ModuleOp module, func::FuncOp function, MakeInterpreter makeInterpreter) {
  if (function.isExternal() || !llvm::hasSingleElement(function.getBody()))
    return fail("kernel '" + function.getName().str() + "': expected a body of one block");
  for (Type type :
       llvm::concat<const Type>(function.getArgumentTypes(), function.getResultTypes())) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!isa<KvType>(type) && (!tensor || tensor.getRank() < 1 || tensor.getRank() > 2))
      return fail("kernel '" + function.getName().str() + "': expected tensors and states");
  }
  auto evaluator = Evaluator::create(module, noFiles(), {});
  if (!evaluator)
    return failFrom(evaluator);
  return std::unique_ptr<ReferenceKernel>(
      new ReferenceKernel(function, std::move(*evaluator), std::move(makeInterpreter)));
}

static Result<void> checkBytes(std::span<const std::byte> binding, int64_t bytes) {
  if (uint64_t(bytes) > binding.size())
    return fail("expected a binding of at least " + std::to_string(bytes) + " bytes, found " +
                std::to_string(binding.size()));
  return {};
}

/// The first dimension of `value`.
static int64_t rowsOf(Value value, std::span<const int64_t, WEFT_SIZE_COUNT> sizes) {
  auto type = cast<RankedTensorType>(value.getType());
  switch (rowSymbolOf(value)) {
  case RowSymbol::Static:
    return type.getRank() == 2 ? type.getDimSize(0) : 1;
  case RowSymbol::Tokens:
    return sizes[WEFT_TOKENS];
  case RowSymbol::Rows:
    return sizes[WEFT_ROWS];
  }
  llvm_unreachable("a number of rows");
}

static Result<Tensor> loadTensor(Value value, std::span<const std::byte> binding,
                                 std::span<const int64_t, WEFT_SIZE_COUNT> sizes) {
  auto type = cast<RankedTensorType>(value.getType());
  int64_t rows = rowsOf(value, sizes);
  if (type.getElementType().isInteger(32)) {
    std::vector<int32_t> indices(rows);
    if (auto checked = checkBytes(binding, rows * sizeof(int32_t)); !checked)
      return failFrom(checked);
    std::memcpy(indices.data(), binding.data(), rows * sizeof(int32_t));
    return Tensor::ofIndices(std::move(indices));
  }
  int64_t columns = type.getDimSize(type.getRank() - 1);
  Storage storage = storageOf(type);
  if (auto checked = checkBytes(binding, storage.bytes(rows, columns)); !checked)
    return failFrom(checked);
  Tensor tensor =
      Tensor::zeros(type.getRank() == 2 ? std::vector{rows, columns} : std::vector{columns});
  decodeRows(storage, columns, binding.data(), 0, rows, tensor.values().data());
  return tensor;
}

static Result<void> storeTensor(const Tensor &tensor, RankedTensorType type,
                                std::span<std::byte> binding) {
  Storage storage = storageOf(type);
  if (auto checked = checkBytes(binding, storage.bytes(tensor.rows(), tensor.columns())); !checked)
    return checked;
  encodeRows(storage, tensor.columns(), tensor.values().data(), tensor.rows(), binding.data());
  return {};
}

/// Copies all places of a state from its memory, or to it.
static void copyState(KvState &state, std::byte *memory, bool toMemory) {
  const size_t bytes = state.heads * state.headDim * sizeof(float);
  for (int64_t sequence = 0; sequence < state.sequences; ++sequence)
    for (int64_t position = 0; position < state.context; ++position)
      for (float *row : {state.keysAt(sequence, position), state.valuesAt(sequence, position)}) {
        toMemory ? std::memcpy(memory, row, bytes) : std::memcpy(row, memory, bytes);
        memory += bytes;
      }
}

Result<KvState *> ReferenceKernel::loadState(unsigned number, KvType type,
                                             std::span<const std::byte> binding,
                                             std::span<const int64_t, WEFT_SIZE_COUNT> sizes) {
  int64_t places = sizes[WEFT_SEQUENCES] * sizes[WEFT_CONTEXT];
  if (auto checked =
          checkBytes(binding, places * 2 * type.getHeads() * type.getHeadDim() * sizeof(float));
      !checked)
    return failFrom(checked);
  states.resize(function.getNumArguments());
  if (!states[number])
    states[number] = std::make_unique<KvState>(type.getHeads(), type.getHeadDim(), storageOf(type),
                                               sizes[WEFT_SEQUENCES], sizes[WEFT_CONTEXT]);
  copyState(*states[number], const_cast<std::byte *>(binding.data()), false);
  states[number]->version = 0;
  return states[number].get();
}

Result<Held> ReferenceKernel::load(BlockArgument argument, std::span<std::byte> binding,
                                   std::span<const int64_t, WEFT_SIZE_COUNT> sizes) {
  if (auto type = dyn_cast<KvType>(argument.getType())) {
    auto state = loadState(argument.getArgNumber(), type, binding, sizes);
    return state ? Result<Held>(StateValue{*state, 0}) : failFrom(state);
  }
  auto tensor = loadTensor(argument, binding, sizes);
  if (!tensor)
    return failFrom(tensor);
  return Held(std::make_shared<const Tensor>(std::move(*tensor)));
}

Result<void> ReferenceKernel::checkBindings(size_t count) {
  size_t expected = function.getNumArguments() +
                    llvm::count_if(function.getResultTypes(), llvm::IsaPred<RankedTensorType>);
  if (count != expected)
    return fail("kernel '" + function.getName().str() + "': expected " + std::to_string(expected) +
                " bindings, found " + std::to_string(count));
  return {};
}

Result<void> ReferenceKernel::run(std::span<const std::span<std::byte>> bindings,
                                  std::span<const int64_t, WEFT_SIZE_COUNT> sizes) {
  Block &block = function.getBody().front();
  size_t next = block.getNumArguments();
  if (auto checked = checkBindings(bindings.size()); !checked)
    return checked;
  std::vector<Held> inputs;
  for (BlockArgument argument : block.getArguments()) {
    auto input = load(argument, bindings[argument.getArgNumber()], sizes);
    if (!input)
      return fail("kernel '" + function.getName().str() + "': " + input.error().message);
    inputs.push_back(std::move(*input));
  }
  auto computed = makeInterpreter(evaluator)->call(function, std::move(inputs));
  if (!computed)
    return failFrom(computed);
  for (auto [held, type] : llvm::zip(*computed, function.getResultTypes()))
    if (auto *tensor = std::get_if<std::shared_ptr<const Tensor>>(&held))
      if (auto stored = storeTensor(**tensor, cast<RankedTensorType>(type), bindings[next++]);
          !stored)
        return stored;
  for (BlockArgument argument : block.getArguments())
    if (isa<KvType>(argument.getType()))
      copyState(*states[argument.getArgNumber()], bindings[argument.getArgNumber()].data(), true);
  return {};
}

} // namespace weft
