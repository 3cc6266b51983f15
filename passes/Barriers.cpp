#include "passes/Barriers.h"
#include "passes/EntryPoints.h"

using namespace mlir;
using namespace weft;

namespace {

/// Part of a memory: of a region of the arena, in bytes of its unit (all, each token, each
/// row), or the whole of a state or an output.
struct Range {
  const void *memory;
  int64_t begin = 0;
  int64_t end = 1;

  bool overlaps(const Range &other) const {
    return memory == other.memory && begin < other.end && other.begin < end;
  }
};

struct Accesses {
  SmallVector<Range> reads;
  SmallVector<Range> writes;

  bool mustWaitFor(const Accesses &earlier) const {
    return overlap(reads, earlier.writes) || overlap(writes, earlier.reads) ||
           overlap(writes, earlier.writes);
  }
  void add(const Accesses &other) {
    reads.append(other.reads);
    writes.append(other.writes);
  }

private:
  static bool overlap(ArrayRef<Range> a, ArrayRef<Range> b) {
    return llvm::any_of(a, [&](const Range &range) {
      return llvm::any_of(b, [&](const Range &other) { return range.overlaps(other); });
    });
  }
};

/// Where the result of a dispatch lies.
Range rangeOf(OpResult result) {
  static const char regions[3] = {};
  auto dispatch = cast<DispatchOp>(result.getOwner());
  auto at = cast<SizeAttr>((*dispatch.getAt())[result.getResultNumber()]);
  auto size = cast<SizeAttr>((*dispatch.getSize())[result.getResultNumber()]);
  if (size.getRows())
    return {&regions[2], at.getRows(), at.getRows() + size.getRows()};
  if (size.getTokens())
    return {&regions[1], at.getTokens(), at.getTokens() + size.getTokens()};
  if (size.getConstant())
    return {&regions[0], at.getConstant(), at.getConstant() + size.getConstant()};
  // An output of the entry point.
  return {result.getAsOpaquePointer()};
}

/// What a kernel does to a state, `value` in its body: an op that gives a newer value of it writes,
/// every other one reads.
void addStateAccesses(Value value, const void *state, Accesses &accesses) {
  for (Operation *user : value.getUsers()) {
    if (user->hasTrait<OpTrait::IsTerminator>())
      continue;
    bool writes = false;
    for (Value result : user->getResults())
      if (isa<KvType>(result.getType())) {
        writes = true;
        addStateAccesses(result, state, accesses);
      }
    (writes ? accesses.writes : accesses.reads).push_back({state});
  }
}

Accesses accessesOf(DispatchOp dispatch) {
  Accesses result;
  func::FuncOp kernel = kernelOf(dispatch);
  for (auto [operand, argument] : llvm::zip(dispatch.getOperands(), kernel.getArguments())) {
    if (isa<KvType>(operand.getType()))
      addStateAccesses(argument, stateOf(operand).getAsOpaquePointer(), result);
    else if (operand.getDefiningOp<DispatchOp>())
      result.reads.push_back(rangeOf(cast<OpResult>(operand)));
    // Nothing writes parameters and inputs.
  }
  for (OpResult value : dispatch->getResults())
    if (!isa<KvType>(value.getType()))
      result.writes.push_back(rangeOf(value));
  return result;
}

} // namespace

unsigned weft::setBarriers(func::FuncOp entry) {
  unsigned count = 0;
  Accesses sinceBarrier;
  for (auto dispatch : entry.getOps<DispatchOp>()) {
    Accesses accesses = accessesOf(dispatch);
    bool waits = accesses.mustWaitFor(sinceBarrier);
    dispatch.setBarrier(waits);
    if (waits) {
      ++count;
      sinceBarrier = {};
    }
    sinceBarrier.add(accesses);
  }
  return count;
}
