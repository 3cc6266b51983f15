#include "ir/reference/Interpreter.h"

#include "ir/ParameterReader.h"
#include "ir/reference/Ops.h"
#include "ir/storage/Packing.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace weft {

static const Tensor &tensorOf(Value value, const llvm::DenseMap<Value, Held> &values) {
  return *std::get<std::shared_ptr<const Tensor>>(values.at(value));
}

/// An error of an op, with the op's name and location.
static tl::unexpected<Error> failAt(Operation *op, const std::string &message) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << op->getName();
  if (std::string name = nameOf(op->getLoc()); !name.empty())
    stream << " '" << name << "'";
  else
    stream << " at " << op->getLoc();
  stream << ": " << message;
  return fail(text);
}

Result<std::vector<Held>> Interpreter::call(func::FuncOp function, std::vector<Held> inputs) {
  constexpr unsigned deepest = 64;
  if (function.isExternal() || !llvm::hasSingleElement(function.getBody()))
    return fail("function '" + function.getName().str() + "': expected a body of one block");
  if (++depth > deepest)
    return fail("function '" + function.getName().str() + "': calls are nested too deeply");
  Values values;
  Block &block = function.getBody().front();
  for (auto [argument, input] : llvm::zip_equal(block.getArguments(), inputs))
    values[argument] = std::move(input);
  for (Operation &op : block) {
    if (isa<func::ReturnOp>(op))
      break;
    if (Result<void> ran = runOp(&op, values); !ran)
      return failFrom(ran);
  }
  --depth;
  std::vector<Held> results;
  for (Value result : block.getTerminator()->getOperands())
    results.push_back(values.at(result));
  return results;
}

/// The names of calls are those of the ops within; other errors get the op's.
Result<void> Interpreter::runOp(Operation *op, Values &values) {
  if (auto dispatch = dyn_cast<DispatchOp>(op))
    return callFunction(op, dispatch.getKernel(), values);
  if (auto call = dyn_cast<func::CallOp>(op))
    return callFunction(op, call.getCallee(), values);

  auto define = [&](auto result) -> Result<void> {
    if (!result)
      return failAt(op, result.error().message);
    values[op->getResult(0)] = std::move(*result);
    return {};
  };
  if (auto weightOp = dyn_cast<WeightOp>(op))
    return define(weight(weightOp));
  if (auto recallOp = dyn_cast<RecallOp>(op))
    return define(recall(recallOp));
  if (auto appendOp = dyn_cast<AppendOp>(op))
    return define(append(appendOp, values));

  Result<Tensor> result = compute(op, values);
  if (!result)
    return failAt(op, result.error().message);
  if (!fits(*result, op->getResult(0).getType()))
    return failAt(op, "expected a result of its type, found an " + describe(*result));
  values[op->getResult(0)] = std::make_shared<const Tensor>(std::move(*result));
  return {};
}

Result<void> Interpreter::callFunction(Operation *op, StringRef name, Values &values) {
  auto function = evaluator.symbols.lookup<func::FuncOp>(name);
  if (!function)
    return failAt(op, "no function '" + name.str() + "'");
  std::vector<Held> inputs;
  for (Value operand : op->getOperands())
    inputs.push_back(values.at(operand));
  Result<std::vector<Held>> results = call(function, std::move(inputs));
  if (!results)
    return failFrom(results);
  for (auto [value, result] : llvm::zip_equal(op->getResults(), *results))
    values[value] = std::move(result);
  return {};
}

Result<Tensor> Interpreter::compute(Operation *op, Values &values) {
  auto get = [&](Value value) -> const Tensor & { return tensorOf(value, values); };
  using Computed = Result<Tensor>;
  return llvm::TypeSwitch<Operation *, Computed>(op)
      .Case([&](EmbedOp op) { return reference::embed(get(op.getIds()), get(op.getTable())); })
      .Case(
          [&](TakeRowsOp op) { return reference::takeRows(get(op.getInput()), get(op.getRows())); })
      .Case([&](ColumnsOp op) {
        return reference::columns(get(op.getInput()), op.getBegin(), op.getType().getDimSize(1));
      })
      .Case([&](AddOp op) { return reference::add(get(op.getLhs()), get(op.getRhs())); })
      .Case([&](MulOp op) { return reference::mul(get(op.getLhs()), get(op.getRhs())); })
      .Case([&](SiluOp op) { return reference::silu(get(op.getInput())); })
      .Case([&](GeluOp op) { return reference::gelu(get(op.getInput())); })
      .Case([&](RmsNormOp op) {
        return reference::rmsNorm(get(op.getInput()), get(op.getWeight()),
                                  op.getEpsilon().convertToFloat());
      })
      .Case([&](LayerNormOp op) {
        return reference::layerNorm(get(op.getInput()), get(op.getWeight()), get(op.getBias()),
                                    op.getEpsilon().convertToFloat());
      })
      .Case([&](LinearOp op) { return reference::linear(get(op.getInput()), get(op.getWeight())); })
      .Case([&](QuantizeOp op) {
        return reference::quantize(get(op.getInput()), storageOf(op.getType()));
      })
      .Case([&](RopeTableOp op) {
        return reference::ropeTable(get(op.getPositions()), get(op.getFrequencies()));
      })
      .Case([&](RopeOp op) {
        auto pairs = op.getPairs() == RopePairs::Halves ? reference::Pairs::Halves
                                                        : reference::Pairs::Neighbours;
        return reference::rope(get(op.getInput()), get(op.getTable()), op.getHeads(), pairs);
      })
      .Case([&](AttendOp op) -> Computed {
        Result<KvState *> state = newest(op.getState(), values);
        if (!state)
          return failFrom(state);
        return reference::attend(get(op.getQueries()), **state, get(op.getPositions()),
                                 get(op.getSequences()), op.getHeads(),
                                 op.getScale().convertToFloat(), op.getWindow());
      })
      .Default([](Operation *) -> Computed {
        return fail("this op has no reference; ir/README.md says how to add one");
      });
}

Result<std::shared_ptr<const Tensor>> Interpreter::weight(WeightOp op) {
  auto parameter = evaluator.symbols.lookup<ParameterOp>(op.getParameter());
  if (!parameter)
    return fail("no parameter '" + op.getParameter().str() + "'");
  std::shared_ptr<const Tensor> &cached = evaluator.weights[parameter];
  if (cached)
    return cached;
  Result<ParameterReader> reader = ParameterReader::create(parameter, *evaluator.files);
  if (!reader)
    return failFrom(reader);
  // Through the storage of the type, in runs of rows, so that the value is what it stands for.
  Tensor tensor = Tensor::zeros(parameter.getTensorType().getShape().vec());
  const Storage &storage = reader->storage();
  int64_t columns = reader->columns(), tile = reader->tileRows();
  int64_t step = std::max<int64_t>(1, (int64_t(1) << 20) / columns / tile) * tile;
  std::vector<std::byte> packed(storage.bytes(std::min(step, reader->rows()), columns));
  for (int64_t row = 0; row < reader->rows(); row += step) {
    int64_t last = std::min(row + step, reader->rows());
    reader->readPacked(row, last, packed.data());
    decodeRows(storage, columns, packed.data(), 0, last - row, tensor.row(row));
  }
  cached = std::make_shared<const Tensor>(std::move(tensor));
  return cached;
}

Result<StateValue> Interpreter::recall(RecallOp op) {
  auto declaration = evaluator.symbols.lookup<StateOp>(op.getState());
  if (!declaration)
    return fail("no state '" + op.getState().str() + "'");
  std::unique_ptr<KvState> &state = evaluator.states[declaration];
  if (!state) {
    KvType type = op.getType();
    const Evaluator::Options &room = evaluator.options;
    // Below 2^62 by the limits of Options, before the heads.
    int64_t places = room.context * room.sequences, elements;
    if (__builtin_mul_overflow(type.getHeads(), type.getHeadDim(), &elements) ||
        __builtin_mul_overflow(elements, places, &elements) || elements > int64_t(1) << 34)
      return fail("the state is too large for a reference: use a smaller context");
    state = std::make_unique<KvState>(type.getHeads(), type.getHeadDim(), storageOf(type),
                                      room.sequences, room.context);
  }
  return StateValue{state.get(), 0};
}

Result<KvState *> Interpreter::newest(Value value, Values &values) {
  StateValue held = std::get<StateValue>(values.at(value));
  if (held.version != held.state->version)
    return fail("the state was changed after the value that is used here; use the newest value");
  return held.state;
}

Result<StateValue> Interpreter::append(AppendOp op, Values &values) {
  Result<KvState *> state = newest(op.getState(), values);
  if (!state)
    return failFrom(state);
  Result<void> appended =
      reference::append(**state, tensorOf(op.getKeys(), values), tensorOf(op.getValues(), values),
                        tensorOf(op.getPositions(), values), tensorOf(op.getSequences(), values));
  if (!appended)
    return failFrom(appended);
  return StateValue{*state, ++(*state)->version};
}

} // namespace weft
