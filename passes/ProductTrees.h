// Decides which products of a block belong to one kernel, and which elementwise ops follow them.
#pragma once

#include "ir/Weft.h"

#include "llvm/ADT/DenseMap.h"

#include <memory>
#include <vector>

namespace weft {

/// One weft.linear, or several with the same input and the same type of weight whose results are
/// combined, and the elementwise ops after them. Every value inside has one reader, which is inside
/// too; only the result of the last op is read outside. (So a tree can become one op without
/// closing a cycle: a path out of the tree begins at its last op, and if it led back into the tree,
/// the ops would have had a cycle before.)
struct ProductTree {
  llvm::SmallVector<LinearOp, 2> products;
  /// The products and elementwise ops, in the order of the block.
  llvm::SmallVector<mlir::Operation *, 4> ops;

  mlir::Operation *root() const { return ops.back(); }
};

/// All trees of a block. Every weft.linear is in exactly one tree.
class ProductTrees {
public:
  explicit ProductTrees(mlir::Block &block);

  /// Returns the tree of `op`, or null.
  const ProductTree *treeOf(mlir::Operation *op) const { return byOp.lookup(op); }

private:
  /// Adds the elementwise op `op` to the tree or trees whose results it reads.
  void join(mlir::Operation *op);
  void absorb(ProductTree &into, ProductTree &from);
  /// Returns the tree whose result is `value`, if that has a single reader; otherwise null.
  ProductTree *endingIn(mlir::Value value) const;

  std::vector<std::unique_ptr<ProductTree>> trees;
  llvm::DenseMap<mlir::Operation *, ProductTree *> byOp;
};

} // namespace weft
