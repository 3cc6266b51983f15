// Op traits that passes and backends query (declared in WeftDialect.td).
#pragma once

#include "mlir/IR/OpDefinition.h"

namespace weft::trait {

/// Every row of the results is a function of the same row of the operands of dynamic size.
template <typename Op> class RowWise : public mlir::OpTrait::TraitBase<Op, RowWise> {};
/// RowWise, and every element of the result is a function of the elements at the same index.
template <typename Op> class Elementwise : public mlir::OpTrait::TraitBase<Op, Elementwise> {};

} // namespace weft::trait
