#include "passes/ProductTrees.h"

using namespace mlir;
using namespace weft;

/// Whether the products of both can be computed in one loop over the same input.
static bool canMeet(const ProductTree &a, const ProductTree &b) {
  LinearOp first = a.products.front(), second = b.products.front();
  return first.getInput() == second.getInput() &&
         first.getWeight().getType() == second.getWeight().getType();
}

ProductTrees::ProductTrees(Block &block) {
  for (Operation &op : block) {
    if (auto linear = dyn_cast<LinearOp>(op)) {
      trees.push_back(std::make_unique<ProductTree>());
      trees.back()->products.push_back(linear);
      trees.back()->ops.push_back(&op);
      byOp[&op] = trees.back().get();
    } else if (op.hasTrait<weft::trait::Elementwise>()) {
      join(&op);
    }
  }
}

ProductTree *ProductTrees::endingIn(Value value) const {
  return value.hasOneUse() ? byOp.lookup(value.getDefiningOp()) : nullptr;
}

void ProductTrees::join(Operation *op) {
  // A tree's value that is read once is its root's, for all others are read inside.
  ProductTree *tree = nullptr;
  for (Value operand : op->getOperands()) {
    ProductTree *other = operand.getDefiningOp() ? endingIn(operand) : nullptr;
    if (!other)
      continue;
    if (tree && canMeet(*tree, *other)) {
      absorb(*tree, *other);
    } else if (!tree || tree->root()->isBeforeInBlock(other->root())) {
      // Of two that cannot meet, the later one: its other operand is there already.
      tree = other;
    }
  }
  if (!tree)
    return;
  tree->ops.push_back(op);
  byOp[op] = tree;
}

void ProductTrees::absorb(ProductTree &into, ProductTree &from) {
  for (Operation *op : from.ops)
    byOp[op] = &into;
  auto inOrder = [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); };
  into.products.append(from.products);
  llvm::sort(into.products, inOrder);
  into.ops.append(from.ops);
  llvm::sort(into.ops, inOrder);
  from = {};
}
