// The weft dialect in C++: include this header to use its ops, attributes and types.
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

/// The name of the attribute of functions that are kernels.
inline constexpr llvm::StringLiteral kernelAttrName = "weft.kernel";
/// The name of the attribute of a kernel's role, a `#weft.role`.
inline constexpr llvm::StringLiteral roleAttrName = "weft.role";

/// Returns the role of a kernel in which `op` may be computed; nothing for an op that is not
/// computed in kernels or has no role defined.
std::optional<KernelRole> roleOf(mlir::Operation *op);
/// Returns the role that FormKernels set on a kernel.
std::optional<KernelRole> roleOf(mlir::func::FuncOp kernel);
/// Returns whether a kernel's results have a row for each logits row (m) rather than for each token
/// (n).
bool isOverRows(mlir::func::FuncOp kernel);

/// The names of attributes of a module that is a model (models/Family.h, ModelInfo): the size of
/// its vocabulary, and the most positions that a sequence may have.
inline constexpr llvm::StringLiteral vocabularyAttrName = "weft.vocabulary";
inline constexpr llvm::StringLiteral contextAttrName = "weft.context";

/// Returns the scalar of an element type, which must be f32, f16 or bf16.
Scalar scalarOf(mlir::Type type);

/// Returns how the values of a tensor type are stored: its element type and encoding.
Storage storageOf(mlir::RankedTensorType type);
/// Returns how a state stores each key and each value.
Storage storageOf(KvType type);
/// Returns the type of a state whose keys and values are stored as `storage`, in any arrangement:
/// dense, or a block format that states support.
KvType kvTypeOf(mlir::MLIRContext *context, int64_t heads, int64_t headDim, const Storage &storage);

/// Returns the layout of a state's memory that Weft's backends share.
inline KvPages kvPagesOf(KvType type) {
  return KvPages(type.getHeads(), type.getHeadDim(), storageOf(type));
}

/// Returns `type` with the storage `storage` and the same shape.
mlir::RankedTensorType withStorage(mlir::RankedTensorType type, const Storage &storage);

/// Returns the bytes that a static tensor takes.
int64_t bytesOf(mlir::RankedTensorType type);

/// The first dimension of a value: static, the number of tokens n, or the number of logits rows m.
enum class RowSymbol { Static, Tokens, Rows };

/// Returns the first dimension of `value` by following it to the argument or op that sets it.
/// Arguments of an entry point that are indices of logits rows have the attribute `weft.rows`, and
/// so have arguments of kernels with a row for each of them.
RowSymbol rowSymbolOf(mlir::Value value);
inline constexpr llvm::StringLiteral rowsAttrName = "weft.rows";

/// A range of columns of another value: the meaning of a chain of `weft.columns`.
struct ColumnView {
  mlir::Value base;
  int64_t begin;  // first column in `base`
  int64_t stride; // number of columns of `base`
};

/// Returns `value` as columns of the value at the end of its chain of views; all its columns if it
/// is not a view.
ColumnView columnViewOf(mlir::Value value);

/// Returns the name in a location ("layers.3/attention/q"), or "" if it has none; the first name of
/// a fused location.
std::string nameOf(mlir::Location loc);

} // namespace weft
