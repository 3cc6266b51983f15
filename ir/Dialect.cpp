#include "ir/Weft.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace weft;

#include "ir/WeftDialect.cpp.inc"

void WeftDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "ir/WeftOps.cpp.inc"
      >();
  registerAttributes();
  registerTypes();
}

std::string weft::nameOf(Location loc) {
  if (auto name = dyn_cast<NameLoc>(loc))
    return name.getName().str();
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      if (std::string name = nameOf(part); !name.empty())
        return name;
  if (auto call = dyn_cast<CallSiteLoc>(loc))
    return nameOf(call.getCallee());
  return {};
}

std::optional<KernelRole> weft::roleOf(Operation *op) {
  if (isa<LinearOp>(op))
    return KernelRole::Product;
  if (isa<AttendOp>(op))
    return KernelRole::Attention;
  // Two that are not row-wise all the same: one reads other rows, one changes a state.
  if (op->hasTrait<trait::RowWise>() || isa<TakeRowsOp, AppendOp>(op))
    return KernelRole::Row;
  return std::nullopt;
}

std::optional<KernelRole> weft::roleOf(func::FuncOp kernel) {
  auto role = kernel->getAttrOfType<KernelRoleAttr>(roleAttrName);
  return role ? std::optional(role.getValue()) : std::nullopt;
}

bool weft::isOverRows(func::FuncOp kernel) {
  return llvm::any_of(kernel.getBody().front().getTerminator()->getOperands(),
                      [](Value result) { return rowSymbolOf(result) == RowSymbol::Rows; });
}

RowSymbol weft::rowSymbolOf(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || type.hasStaticShape())
    return RowSymbol::Static;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
    bool rows = function && function.getArgAttr(argument.getArgNumber(), rowsAttrName);
    return rows ? RowSymbol::Rows : RowSymbol::Tokens;
  }
  Operation *op = value.getDefiningOp();
  if (auto take = dyn_cast<TakeRowsOp>(op))
    return rowSymbolOf(take.getRows());
  if (auto dispatch = dyn_cast<DispatchOp>(op)) {
    // A kernel's results have the rows that its body gives them.
    auto kernel = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(op, dispatch.getKernelAttr());
    if (!kernel || kernel.isExternal())
      return RowSymbol::Tokens;
    Operation *terminator = kernel.getBody().front().getTerminator();
    return rowSymbolOf(terminator->getOperand(cast<OpResult>(value).getResultNumber()));
  }
  for (Value operand : op->getOperands())
    if (RowSymbol symbol = rowSymbolOf(operand); symbol != RowSymbol::Static)
      return symbol;
  return RowSymbol::Static;
}
