// Traits that passes and backends ask for (declared in WeftDialect.td).
#pragma once

#include "mlir/IR/OpDefinition.h"

namespace weft::trait {

template <typename Op> class RowWise : public mlir::OpTrait::TraitBase<Op, RowWise> {};
template <typename Op> class Elementwise : public mlir::OpTrait::TraitBase<Op, Elementwise> {};

} // namespace weft::trait
