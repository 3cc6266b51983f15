// Which products of a block belong into one kernel, and what follows them element by
// element.
#pragma once

#include "ir/Weft.h"

#include "llvm/ADT/DenseMap.h"

#include <memory>
#include <vector>

namespace weft {

/// One weft.linear, or several of the same input and the same type of weight that meet,
/// and the element-wise ops after them. Every value inside has one reader, which is inside
/// too; only the result of the last op is read outside. (So a tree can become one op
/// without closing a cycle: a way out of the tree begins at its last op, and if one led
/// back in, the ops would have had a cycle before.)
struct ProductTree {
  llvm::SmallVector<LinearOp, 2> products;
  /// Products and element-wise ops in the order of the block.
  llvm::SmallVector<mlir::Operation *, 4> ops;

  mlir::Operation *root() const { return ops.back(); }
};

/// All trees of a block: every weft.linear is in exactly one.
class ProductTrees {
public:
  explicit ProductTrees(mlir::Block &block);

  /// The tree that `op` is part of, or null.
  const ProductTree *treeOf(mlir::Operation *op) const { return byOp.lookup(op); }

private:
  /// Lets `op`, element-wise, join the tree or the trees that it reads.
  void join(mlir::Operation *op);
  void absorb(ProductTree &into, ProductTree &from);
  /// The tree whose result is `value` and read once, or null.
  ProductTree *endingIn(mlir::Value value) const;

  std::vector<std::unique_ptr<ProductTree>> trees;
  llvm::DenseMap<mlir::Operation *, ProductTree *> byOp;
};

} // namespace weft
