#include "passes/KernelGroups.h"

#include <map>

using namespace mlir;
using namespace weft;

bool weft::isView(Operation *op) {
  auto isReturn = [](Operation *user) { return user->hasTrait<OpTrait::IsTerminator>(); };
  return isa<ColumnsOp>(op) && llvm::none_of(op->getUsers(), isReturn);
}

Value weft::viewed(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isView(op))
      break;
    value = cast<ColumnsOp>(op).getInput();
  }
  return value;
}

namespace {

/// What stays in the entry point: it names memory, computes nothing.
bool isSource(Operation *op) { return isa<WeightOp, RecallOp>(op); }

/// The number of rows that a row op works on.
RowSymbol rowsOf(Operation *op) {
  if (auto append = dyn_cast<AppendOp>(op))
    return rowSymbolOf(append.getKeys());
  return rowSymbolOf(op->getResult(0));
}

class Grouping {
public:
  explicit Grouping(func::FuncOp entry) : block(entry.getBody().front()), trees(block) {}

  FailureOr<SmallVector<KernelGroup>> run() {
    for (Operation &op : block) {
      if (isSource(&op) || isView(&op) || op.hasTrait<OpTrait::IsTerminator>())
        continue;
      if (!isa<WeftDialect>(op.getDialect()) || isa<DispatchOp>(op))
        return op.emitOpError("cannot be part of a kernel; expected ops of the weft dialect "
                              "that compute");
      std::optional<KernelRole> role = roleOf(&op);
      if (!role)
        return op.emitOpError("has no role in a kernel: expected a row-wise op, a product or an "
                              "attention; roleOf in ir/Dialect.cpp says which ops are which");
      place(&op, *role);
    }
    SmallVector<KernelGroup> result;
    for (auto &[time, groups] : byTime)
      llvm::append_range(result, groups);
    return result;
  }

private:
  void place(Operation *op, KernelRole role) {
    if (const ProductTree *tree = trees.treeOf(op)) {
      // All operands of a tree are there when its root is reached.
      if (tree->root() == op)
        alone(KernelRole::Product, inKernelOrder(*tree));
    } else if (role != KernelRole::Row) {
      alone(role, {op});
    } else {
      withItsLevel(op);
    }
  }

  /// The products first: nothing of the tree comes before them, and so the order in which a
  /// model was written makes no difference.
  static SmallVector<Operation *> inKernelOrder(const ProductTree &tree) {
    SmallVector<Operation *> ops(tree.products.begin(), tree.products.end());
    llvm::append_range(
        ops, llvm::make_filter_range(tree.ops, [](Operation *op) { return !isa<LinearOp>(op); }));
    return ops;
  }

  /// A product or an attention: a group of its own.
  void alone(KernelRole role, SmallVector<Operation *> ops) {
    unsigned level = 0;
    for (Operation *op : ops)
      for (Value operand : op->getOperands())
        level = std::max(level, levelAfter(viewed(operand).getDefiningOp()));
    levels[ops.back()] = level;
    byTime[2 * level + 1].push_back({role, std::move(ops)});
  }

  /// A row op: in the group of all row ops of its level and number of rows.
  void withItsLevel(Operation *op) {
    RowSymbol symbol = rowsOf(op);
    unsigned level = 0;
    for (Value operand : op->getOperands()) {
      Operation *producer = viewed(operand).getDefiningOp();
      unsigned after = levelAfter(producer);
      if (isRowOp(producer) && (rowsOf(producer) != symbol || takesRowsOf(op, operand)))
        ++after;
      level = std::max(level, after);
    }
    if (auto append = dyn_cast<AppendOp>(op))
      for (Operation *reader : append.getState().getUsers())
        if (reader != op && reader->isBeforeInBlock(op))
          level = std::max(level, levelAfter(reader));
    levels[op] = level;

    auto [slot, isNew] = rowGroups.try_emplace({level, symbol}, byTime[2 * level].size());
    if (isNew)
      byTime[2 * level].push_back({KernelRole::Row, {}});
    byTime[2 * level][slot->second].ops.push_back(op);
  }

  /// Any row of `value` can be read for a row of `op`'s result, so it must be complete.
  static bool takesRowsOf(Operation *op, Value value) {
    auto take = dyn_cast<TakeRowsOp>(op);
    return take && take.getInput() == value;
  }

  bool isRowOp(Operation *op) const {
    return op && !isSource(op) && !trees.treeOf(op) && roleOf(op) == KernelRole::Row;
  }

  /// The first level at which a row op may read the results of `op`.
  unsigned levelAfter(Operation *op) const {
    // Of a tree only the root has a level; what its other ops read counts for it.
    auto level = levels.find(op);
    if (level == levels.end())
      return 0;
    return isRowOp(op) ? level->second : level->second + 1;
  }

  Block &block;
  ProductTrees trees;
  DenseMap<Operation *, unsigned> levels;
  std::map<unsigned, SmallVector<KernelGroup, 1>> byTime;
  std::map<std::pair<unsigned, RowSymbol>, size_t> rowGroups;
};

} // namespace

FailureOr<SmallVector<KernelGroup>> weft::groupKernels(func::FuncOp entry) {
  return Grouping(entry).run();
}
