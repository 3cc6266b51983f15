// The weft dialect in C++: include this to work with its ops, attributes and types.
#pragma once

#include "ir/OpList.h"
#include "ir/Traits.h"
#include "ir/storage/Layouts.h"
#include "ir/storage/Storage.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include <optional>

#include "ir/WeftDialect.h.inc"
#include "ir/WeftEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "ir/WeftAttributes.h.inc"

#define GET_TYPEDEF_CLASSES
#include "ir/WeftTypes.h.inc"

#define GET_OP_CLASSES
#include "ir/WeftOps.h.inc"

namespace mlir::func {
class FuncOp;
}

namespace weft {

/// Attribute of functions that are kernels.
inline constexpr llvm::StringLiteral kernelAttrName = "weft.kernel";
/// Attribute of kernels: what kind each is, a `#weft.role`.
inline constexpr llvm::StringLiteral roleAttrName = "weft.role";

/// The role of the kernel that computes `op` in the middle of other ops; nothing for an op that
/// is not computed in kernels, or of which nobody has said how.
std::optional<KernelRole> roleOf(mlir::Operation *op);
/// The role that FormKernels wrote on a kernel.
std::optional<KernelRole> roleOf(mlir::func::FuncOp kernel);
/// Whether a kernel's results have a row for each wanted row (m) rather than each token (n).
bool isOverRows(mlir::func::FuncOp kernel);

/// Attributes of a module that is a model (models/Family.h, ModelInfo): the number of its tokens,
/// and the most that a sequence may have.
inline constexpr llvm::StringLiteral vocabularyAttrName = "weft.vocabulary";
inline constexpr llvm::StringLiteral contextAttrName = "weft.context";

/// The scalar of an element type, which is f32, f16 or bf16.
Scalar scalarOf(mlir::Type type);

/// How the values of a tensor type are stored: its element type and encoding.
Storage storageOf(mlir::RankedTensorType type);
/// How a state holds each of its keys and values.
Storage storageOf(KvType type);
/// The type of a state whose keys and values are held as `storage`, of any rows: dense, or
/// one of the blocks that states take.
KvType kvTypeOf(mlir::MLIRContext *context, int64_t heads, int64_t headDim, const Storage &storage);

/// The layout of a state's memory in which the backends of Weft agree.
inline KvPages kvPagesOf(KvType type) {
  return KvPages(type.getHeads(), type.getHeadDim(), storageOf(type));
}

/// The type of the same shape that is stored as `storage`.
mlir::RankedTensorType withStorage(mlir::RankedTensorType type, const Storage &storage);

/// Bytes that a static tensor takes.
int64_t bytesOf(mlir::RankedTensorType type);

/// Which of the two dynamic sizes a value's first dimension has.
enum class RowSymbol { Static, Tokens, Rows };

/// Follows `value` to the argument or op that sets its number of rows. Arguments of an
/// entry point bear `weft.rows` where they are indices of wanted rows; in a kernel, the
/// arguments bear it too.
RowSymbol rowSymbolOf(mlir::Value value);
inline constexpr llvm::StringLiteral rowsAttrName = "weft.rows";

/// Columns of another value: what a chain of `weft.columns` stands for.
struct ColumnView {
  mlir::Value base;
  int64_t begin;  // first column of the base
  int64_t stride; // columns of the base
};

/// `value` as columns of the value that is no view itself; all of it where it is none.
ColumnView columnViewOf(mlir::Value value);

/// The name that a location bears ("layers.3/attention/q"), or "" where it bears none. Of
/// a fused location, the first named one.
std::string nameOf(mlir::Location loc);

} // namespace weft
