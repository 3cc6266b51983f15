#include "passes/EntryPoints.h"
#include "passes/Passes.h"

#include "llvm/ADT/TypeSwitch.h"

namespace weft {
#define GEN_PASS_DEF_VERIFYENTRY
#include "passes/Passes.h.inc"
} // namespace weft

using namespace mlir;
using namespace weft;

namespace {

/// What an entry point is given, in the order of its arguments.
enum class Port { Tokens, Positions, Sequences, Rows };
constexpr const char *portNames[] = {"tokens", "positions", "sequences", "rows"};
constexpr unsigned portCount = std::size(portNames);

/// Sizes of a model, which the runtime checks tokens and positions against; 0 of a module that is
/// none.
struct ModelSizes {
  bool isModel = false;
  int64_t vocabulary = 0, context = 0;

  static int64_t read(ModuleOp module, StringRef name) {
    auto number = module->getAttrOfType<IntegerAttr>(name);
    return number && number.getType().isInteger(64) ? number.getInt() : 0;
  }
  explicit ModelSizes(ModuleOp module)
      : isModel(module->hasAttr(vocabularyAttrName)), vocabulary(read(module, vocabularyAttrName)),
        context(read(module, contextAttrName)) {}
};

bool isDynamicRows(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getRank() > 0 && tensor.isDynamicDim(0);
}

/// The state that the result `value` of a kernel was, an argument of the kernel; nothing where it
/// is none.
std::optional<unsigned> argumentOfState(Value value) {
  while (auto append = value.getDefiningOp<AppendOp>())
    value = append.getState();
  auto argument = dyn_cast<BlockArgument>(value);
  return argument ? std::optional(argument.getArgNumber()) : std::nullopt;
}

/// The body of an entry point, or of a kernel as one dispatch calls it.
class BodyVerifier {
public:
  BodyVerifier(func::FuncOp function, const ModelSizes &sizes) : function(function), sizes(sizes) {}

  /// Names the ports among the arguments.
  void setPort(unsigned argument, Port port) { ports[function.getArgument(argument)] = port; }

  LogicalResult run() {
    for (Operation &op : function.getBody().front()) {
      for (Value operand : op.getOperands())
        if (changed.contains(operand))
          return op.emitOpError("uses a state that was changed before: expected its newest value");
      if (failed(verify(&op)))
        return failure();
      for (Value result : op.getResults())
        if (failed(verifyResult(&op, result.getType())))
          return failure();
    }
    return success();
  }

private:
  LogicalResult verify(Operation *op) {
    return llvm::TypeSwitch<Operation *, LogicalResult>(op)
        .Case([&](EmbedOp embed) { return verifyEmbed(embed); })
        .Case([&](TakeRowsOp take) {
          if (failed(expectPort(take, take.getRows(), {Port::Rows})))
            return failure();
          return expectRows(take, take.getInput(), RowSymbol::Tokens);
        })
        .Case([&](RopeTableOp table) {
          return expectPort(table, table.getPositions(),
                            {Port::Tokens, Port::Positions, Port::Sequences, Port::Rows});
        })
        .Case([&](AppendOp append) {
          changed.insert(append.getState());
          return verifyStateOp(append, {append.getKeys(), append.getValues()},
                               append.getPositions(), append.getSequences());
        })
        .Case([&](AttendOp attend) {
          return verifyStateOp(attend, {attend.getQueries()}, attend.getPositions(),
                               attend.getSequences());
        })
        .Case([&](DispatchOp dispatch) { return verifyDispatch(dispatch); })
        .Default([&](Operation *op) { return verifySameRows(op); });
  }

  /// The table has a row for every index that the runtime lets through.
  LogicalResult verifyEmbed(EmbedOp embed) {
    if (failed(expectPort(embed, embed.getIds(), {Port::Tokens, Port::Positions})))
      return failure();
    RankedTensorType table = embed.getTable().getType();
    if (!table.hasStaticShape())
      return embed.emitOpError("expected the table of an embedding to be a weight, found ")
             << table;
    int64_t needed =
        ports.lookup(embed.getIds()) == Port::Tokens ? sizes.vocabulary : sizes.context;
    if (table.getDimSize(0) < std::max<int64_t>(needed, 1))
      return embed.emitOpError("expected an embedding of at least ")
             << std::max<int64_t>(needed, 1) << " rows, found " << table.getDimSize(0);
    return success();
  }

  LogicalResult verifyStateOp(Operation *op, ArrayRef<Value> perToken, Value positions,
                              Value sequences) {
    if (failed(expectPort(op, positions, {Port::Positions})) ||
        failed(expectPort(op, sequences, {Port::Sequences})))
      return failure();
    for (Value value : perToken)
      if (failed(expectRows(op, value, RowSymbol::Tokens)))
        return failure();
    return success();
  }

  /// Indices come from a port of this kind: the runtime checks their range there.
  LogicalResult expectPort(Operation *op, Value indices, ArrayRef<Port> allowed) {
    auto found = ports.find(indices);
    if (found != ports.end() && llvm::is_contained(allowed, found->second))
      return success();
    InFlightDiagnostic error = op->emitOpError("expected indices from ");
    llvm::interleave(
        allowed, error, [&](Port port) { error << "%" << portNames[unsigned(port)]; }, " or ");
    error << " of the entry point, whose range is checked; found ";
    return found == ports.end() ? error << "other ones"
                                : error << "%" << portNames[unsigned(found->second)];
  }

  LogicalResult expectRows(Operation *op, Value value, RowSymbol expected) {
    if (isDynamicRows(value.getType()) && rowSymbolOf(value) == expected)
      return success();
    return op->emitOpError("expected a value with a row for each ")
           << (expected == RowSymbol::Tokens ? "token" : "wanted row") << ", found "
           << (isDynamicRows(value.getType()) ? "one for each of the others: " : "")
           << value.getType();
  }

  /// What is computed row by row has the same rows everywhere.
  LogicalResult verifySameRows(Operation *op) {
    std::optional<RowSymbol> rows;
    for (Value operand : op->getOperands()) {
      if (!isDynamicRows(operand.getType()) || op->hasTrait<OpTrait::IsTerminator>())
        continue;
      RowSymbol here = rowSymbolOf(operand);
      if (rows.value_or(here) != here)
        return op->emitOpError("expected operands with a row for each token or for each wanted "
                               "row, found both");
      rows = here;
    }
    return success();
  }

  LogicalResult verifyDispatch(DispatchOp dispatch) {
    func::FuncOp kernel = kernelOf(dispatch);
    if (function->hasAttr(kernelAttrName) || kernel.isExternal())
      return dispatch.emitOpError("expected an entry point that calls a kernel with a body");
    BodyVerifier body(kernel, sizes);
    for (auto [number, operand] : llvm::enumerate(dispatch.getOperands())) {
      if (auto port = ports.find(operand); port != ports.end())
        body.setPort(number, port->second);
      if (isDynamicRows(operand.getType()) &&
          rowSymbolOf(operand) != rowSymbolOf(kernel.getArgument(number)))
        return dispatch.emitOpError("expected operand ")
               << number << " to have the rows of the kernel's argument; '" << rowsAttrName
               << "' says which";
    }
    for (Value result : kernel.getBody().front().getTerminator()->getOperands())
      if (isa<KvType>(result.getType())) {
        std::optional<unsigned> argument = argumentOfState(result);
        if (!argument)
          return kernel.emitError("expected kernel '")
                 << kernel.getName() << "' to return states that it was given, found another";
        changed.insert(dispatch.getOperands()[*argument]);
      }
    return body.run();
  }

  /// Activations have a row for each token or wanted row, of a known size; weights are static.
  LogicalResult verifyResult(Operation *op, Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !isa<WeftDialect>(op->getDialect()))
      return success();
    bool known = isa<WeightOp>(op) ? tensor.hasStaticShape() : verifyActivation(tensor);
    if (known)
      return success();
    return op->emitOpError("expected ")
           << (isa<WeightOp>(op) ? "a static weight"
                                 : "a result of ?xC elements with C known, 1 to 2^31 - 1")
           << ", found " << tensor;
  }

public:
  static bool verifyActivation(RankedTensorType type) {
    return type.getRank() == 2 && type.isDynamicDim(0) && !type.isDynamicDim(1) &&
           type.getDimSize(1) >= 1 && type.getDimSize(1) < int64_t(1) << 31;
  }

private:
  func::FuncOp function;
  const ModelSizes &sizes;
  DenseMap<Value, Port> ports;
  /// States of which there is a newer value.
  DenseSet<Value> changed;
};

struct VerifyEntry : public weft::impl::VerifyEntryBase<VerifyEntry> {
  void runOnOperation() override {
    if (failed(verify()))
      signalPassFailure();
  }

private:
  LogicalResult verify() {
    ModelSizes sizes(getOperation());
    SmallVector<func::FuncOp> entries = entryPoints(getOperation());
    if (sizes.isModel && llvm::none_of(entries, isForward))
      return getOperation().emitError("expected a function @forward with a body, found none");
    for (func::FuncOp function : llvm::concat<func::FuncOp>(entries, kernels(getOperation())))
      if (!llvm::hasSingleElement(function.getBody()))
        return function.emitError("expected a body of one block");
    for (func::FuncOp entry : entries) {
      BodyVerifier body(entry, sizes);
      for (unsigned i = 0; i < portCount && i < entry.getNumArguments(); ++i)
        body.setPort(i, Port(i));
      if (failed(verifyArguments(entry)) || failed(verifyResults(entry, sizes)) ||
          failed(body.run()))
        return failure();
    }
    return success();
  }

  static bool isForward(func::FuncOp entry) { return entry.getName() == "forward"; }

  static LogicalResult verifyArguments(func::FuncOp entry) {
    auto indices =
        RankedTensorType::get({ShapedType::kDynamic}, IntegerType::get(entry.getContext(), 32));
    if (entry.getNumArguments() != portCount)
      return entry.emitError(
                 "expected an entry point of (tokens, positions, sequences, rows), found ")
             << entry.getNumArguments() << " arguments";
    for (unsigned i = 0; i < portCount; ++i) {
      if (entry.getArgumentTypes()[i] != indices)
        return entry.emitError("expected %") << portNames[i] << " of type " << indices << ", found "
                                             << entry.getArgumentTypes()[i];
      bool isRows = entry.getArgAttr(i, rowsAttrName) != nullptr;
      if (isRows != (Port(i) == Port::Rows))
        return entry.emitError("expected the attribute '")
               << rowsAttrName << "' at %rows alone, "
               << (isRows ? "found it at %" : "found none at %") << portNames[i];
    }
    return success();
  }

  static LogicalResult verifyResults(func::FuncOp entry, const ModelSizes &sizes) {
    for (Type type : entry.getResultTypes()) {
      auto tensor = dyn_cast<RankedTensorType>(type);
      if (!tensor || !BodyVerifier::verifyActivation(tensor) || tensor.getEncoding() ||
          !tensor.getElementType().isF32())
        return entry.emitError(
                   "expected results of plain f32 and ?xC elements with C known, found ")
               << type;
    }
    if (!sizes.isModel || !isForward(entry))
      return success();
    // The runtime takes the size of the vocabulary for the length of a row of logits.
    Operation *terminator = entry.getBody().front().getTerminator();
    if (entry.getNumResults() != 1 ||
        cast<RankedTensorType>(entry.getResultTypes()[0]).getDimSize(1) != sizes.vocabulary)
      return entry.emitError("expected @forward to return logits of ")
             << vocabularyAttrName << " = " << sizes.vocabulary << " columns";
    if (rowSymbolOf(terminator->getOperand(0)) != RowSymbol::Rows)
      return entry.emitError("expected @forward to return a row for each of %rows, found one for "
                             "each token");
    return success();
  }
};

} // namespace
