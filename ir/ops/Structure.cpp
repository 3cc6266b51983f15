#include "ir/Weft.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace weft;

// The definitions of all ops; the other files of this folder hold their verifiers.
#define GET_OP_CLASSES
#include "ir/WeftOps.cpp.inc"

LogicalResult ParameterOp::verify() {
  RankedTensorType type = getTensorType();
  Type element = type.getElementType();
  if (!type.hasStaticShape() || type.getRank() < 1 || type.getRank() > 2 ||
      !(element.isF32() || element.isF16() || element.isBF16()))
    return emitOpError("expected a static type of rank 1 or 2 of f32, f16 or bf16, found ")
           << type << " (C1)";
  if (getSources().has_value() == getValue().has_value())
    return emitOpError("expected either 'from' sources or '=' a value (C2)");
  if (std::optional<ElementsAttr> value = getValue()) {
    auto valueType = cast<ShapedType>(value->getType());
    if (valueType.getShape() != type.getShape() || !valueType.getElementType().isF32())
      return emitOpError("expected a value of type ") << type << ", found " << valueType << " (C5)";
    return success();
  }
  int64_t rows = 0;
  for (auto source : getSources()->getAsRange<SourceAttr>()) {
    SmallVector<int64_t> shape(source.getType().getShape());
    if (source.getTransposed())
      std::reverse(shape.begin(), shape.end());
    if (int64_t(shape.size()) != type.getRank() ||
        (type.getRank() == 2 && shape.back() != type.getShape().back()))
      return emitOpError("expected tensor '") << source.getTensor() << "' to fit " << type
                                              << ", found " << source.getType() << " (C3)";
    rows += shape.front();
  }
  if (rows != type.getDimSize(0))
    return emitOpError("expected sources of ")
           << type.getDimSize(0) << " rows, found " << rows << " (C4)";
  return success();
}

LogicalResult StateOp::verify() {
  if (!isa<KvType>(getType()))
    return emitOpError("expected the type of a state (!weft.kv<...>), found ")
           << getType() << " (C1)";
  return success();
}

LogicalResult WeightOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto parameter = symbols.lookupNearestSymbolFrom<ParameterOp>(*this, getParameterAttr());
  if (!parameter)
    return emitOpError("no parameter '") << getParameter() << "' (C1)";
  if (parameter.getType() != getResult().getType())
    return emitOpError("parameter '") << getParameter() << "' has type " << parameter.getType()
                                      << ", found " << getResult().getType() << " (C2)";
  return success();
}

LogicalResult RecallOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto state = symbols.lookupNearestSymbolFrom<StateOp>(*this, getStateAttr());
  if (!state)
    return emitOpError("no state '") << getState() << "' (C1)";
  if (state.getType() != getResult().getType())
    return emitOpError("state '") << getState() << "' has type " << state.getType() << ", found "
                                  << getResult().getType() << " (C2)";
  return success();
}

LogicalResult DispatchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto kernel = symbols.lookupNearestSymbolFrom<func::FuncOp>(*this, getKernelAttr());
  if (!kernel || !kernel->hasAttr(kernelAttrName))
    return emitOpError("no kernel '") << getKernel() << "' (C1)";
  auto type = FunctionType::get(getContext(), getOperandTypes(), getResultTypes());
  if (kernel.getFunctionType() != type)
    return emitOpError("kernel '") << getKernel() << "' has type " << kernel.getFunctionType()
                                   << ", found " << type << " (C2)";
  return success();
}
