#include "passes/OutlineKernels.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace weft;

namespace {

/// Beyond this many ops a name is cut; the kernel's text shows the rest.
constexpr size_t mostNamedOps = 8;

/// Bytes of rows that a row kernel may have on its stack frame (WEFT_KERNEL_STACK), values and
/// views of values.
constexpr int64_t mostRowBytes = 256 << 10;

/// "rms_norm_quantize".
std::string kernelName(const KernelGroup &group) {
  SmallVector<StringRef> names;
  for (Operation *op : ArrayRef(group.ops).take_front(mostNamedOps))
    names.push_back(op->getName().stripDialect());
  std::string name = llvm::join(names, "_");
  return group.ops.size() > mostNamedOps ? name + "_more" : name;
}

Location groupLocation(const KernelGroup &group) {
  SmallVector<Location> locations;
  for (Operation *op : group.ops)
    locations.push_back(op->getLoc());
  return FusedLoc::get(group.ops.front()->getContext(), locations);
}

/// One group on its way to a kernel.
class Outlining {
public:
  explicit Outlining(const KernelGroup &group)
      : group(group), members(group.ops.begin(), group.ops.end()) {
    for (Operation *op : group.ops) {
      for (Value operand : op->getOperands())
        if (Value value = viewed(operand); !isMember(value.getDefiningOp()))
          arguments.insert(value);
    }
    DenseSet<Value> wide = wideValues();
    for (Operation *op : group.ops)
      for (Value result : op->getResults())
        if (isa<KvType>(result.getType()) || isReadOutside(result) || wide.contains(result))
          results.push_back(result);
  }

  /// The kernel, in no module yet.
  func::FuncOp kernel() {
    MLIRContext *context = group.ops.front()->getContext();
    auto type = FunctionType::get(context, TypeRange(arguments.getArrayRef()),
                                  TypeRange(ValueRange(results)));
    auto function = func::FuncOp::create(groupLocation(group), kernelName(group), type);
    function.setPrivate();
    function->setAttr(kernelAttrName, UnitAttr::get(context));
    function->setAttr(roleAttrName, KernelRoleAttr::get(context, group.role));
    Block *body = function.addEntryBlock();
    IRMapping map;
    for (auto [value, argument] : llvm::zip(arguments, body->getArguments())) {
      map.map(value, argument);
      argument.setLoc(value.getLoc());
      if (rowSymbolOf(value) == RowSymbol::Rows)
        function.setArgAttr(argument.getArgNumber(), rowsAttrName, UnitAttr::get(context));
    }
    auto builder = OpBuilder::atBlockEnd(body);
    for (Operation *op : group.ops) {
      for (Value operand : op->getOperands())
        cloneViews(operand, map, builder);
      builder.clone(*op, map);
    }
    SmallVector<Value> returned;
    for (Value result : results)
      returned.push_back(map.lookup(result));
    func::ReturnOp::create(builder, function.getLoc(), returned);
    return function;
  }

  llvm::SetVector<Value> arguments;
  SmallVector<Value> results;

private:
  bool isMember(Operation *op) const { return op && members.contains(op); }

  bool isReadOutside(Value value) const {
    return llvm::any_of(value.getUsers(), [&](Operation *user) {
      return isView(user) ? isReadOutside(user->getResult(0)) : !isMember(user);
    });
  }

  /// Bytes of a row of `value` and of what views it.
  static int64_t rowBytes(Value value) {
    int64_t bytes = 4 * cast<RankedTensorType>(value.getType()).getShape().back();
    for (Operation *user : value.getUsers())
      if (isView(user))
        bytes += rowBytes(user->getResult(0));
    return bytes;
  }

  /// Of the values that only this row kernel reads, those for which its stack frame has no room.
  DenseSet<Value> wideValues() const {
    DenseSet<Value> wide;
    if (group.role != KernelRole::Row)
      return wide;
    SmallVector<std::tuple<int64_t, size_t, Value>> values;
    int64_t bytes = 0;
    for (Operation *op : group.ops)
      for (Value result : op->getResults())
        if (isa<RankedTensorType>(result.getType()) && !isReadOutside(result))
          bytes += std::get<0>(values.emplace_back(rowBytes(result), values.size(), result));
    // The widest first, those of one width in their order.
    llvm::sort(values, [](const auto &a, const auto &b) {
      return std::pair(-std::get<0>(a), std::get<1>(a)) <
             std::pair(-std::get<0>(b), std::get<1>(b));
    });
    for (auto &[width, number, value] : values) {
      if (bytes <= mostRowBytes)
        break;
      wide.insert(value);
      bytes -= width;
    }
    return wide;
  }

  static void cloneViews(Value value, IRMapping &map, OpBuilder &builder) {
    if (map.contains(value))
      return;
    Operation *view = value.getDefiningOp();
    cloneViews(view->getOperand(0), map, builder);
    builder.clone(*view, map);
  }

  const KernelGroup &group;
  DenseSet<Operation *> members;
};

} // namespace

void weft::outlineKernels(func::FuncOp entry, ArrayRef<KernelGroup> groups, KernelSet &kernels) {
  Block &block = entry.getBody().front();
  Operation *terminator = block.getTerminator();
  OpBuilder builder(terminator);
  // From a value of the entry point to the result of a dispatch.
  IRMapping map;
  for (const KernelGroup &group : groups) {
    Outlining outlining(group);
    func::FuncOp kernel = kernels.add(outlining.kernel());
    SmallVector<Value> operands;
    for (Value argument : outlining.arguments)
      operands.push_back(map.lookupOrDefault(argument));
    auto dispatch = DispatchOp::create(
        builder, groupLocation(group), kernel.getFunctionType().getResults(),
        FlatSymbolRefAttr::get(kernel.getSymNameAttr()), operands, ArrayAttr(), ArrayAttr());
    for (auto [value, result] : llvm::zip(outlining.results, dispatch.getResults()))
      map.map(value, result);
  }
  for (OpOperand &operand : terminator->getOpOperands())
    operand.set(map.lookupOrDefault(operand.get()));

  DenseSet<Operation *> outlined;
  for (const KernelGroup &group : groups)
    outlined.insert(group.ops.begin(), group.ops.end());
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (outlined.contains(&op) || isView(&op))
      op.erase();
}
