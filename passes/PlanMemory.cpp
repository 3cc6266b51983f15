#include "passes/ArenaPlan.h"
#include "passes/Barriers.h"
#include "passes/EntryPoints.h"
#include "passes/Passes.h"

#include "llvm/Support/MathExtras.h"

namespace weft {
#define GEN_PASS_DEF_PLANMEMORY
#include "passes/Passes.h.inc"
} // namespace weft

using namespace mlir;
using namespace weft;

namespace {

/// Every value begins on a cache line, for every n and m.
constexpr int64_t alignment = 64;

/// Bytes of `type`: all of them where it is static, else of each row.
int64_t unitBytes(RankedTensorType type) {
  if (type.hasStaticShape())
    return llvm::alignTo(bytesOf(type), alignment);
  int64_t columns = type.getRank() == 2 ? type.getDimSize(1) : 1;
  return llvm::alignTo(storageOf(type).rowBytes(columns), alignment);
}

/// Values of one number of rows, placed among themselves.
struct Region {
  SmallVector<OpResult> results;
  SmallVector<ArenaValue> values;
  int64_t size = 0;

  int64_t sum() const {
    int64_t sum = 0;
    for (const ArenaValue &value : values)
      sum += value.size;
    return sum;
  }
};

class Planning {
public:
  explicit Planning(func::FuncOp entry) : entry(entry) {
    for (auto dispatch : entry.getOps<DispatchOp>())
      steps[dispatch] = steps.size();
  }

  void run() {
    for (auto dispatch : entry.getOps<DispatchOp>())
      for (OpResult result : dispatch->getResults())
        if (isa<RankedTensorType>(result.getType()) && !isOutput(result))
          addValue(result);
    for (Region *region : {&constants, &tokens, &rows})
      region->size = placeValues(region->values);

    DenseMap<Value, std::pair<SizeAttr, SizeAttr>> places;
    for (auto [result, value] : llvm::zip(constants.results, constants.values))
      places[result] = {formula(value.offset, 0, 0), formula(value.size, 0, 0)};
    for (auto [result, value] : llvm::zip(tokens.results, tokens.values))
      places[result] = {formula(constants.size, value.offset, 0), formula(0, value.size, 0)};
    for (auto [result, value] : llvm::zip(rows.results, rows.values))
      places[result] = {formula(constants.size, tokens.size, value.offset),
                        formula(0, 0, value.size)};

    for (auto dispatch : entry.getOps<DispatchOp>()) {
      SmallVector<Attribute> at, size;
      for (Value result : dispatch.getResults()) {
        auto place = places.find(result);
        bool inArena = place != places.end();
        at.push_back(inArena ? place->second.first : formula(0, 0, 0));
        size.push_back(inArena ? place->second.second : formula(0, 0, 0));
      }
      dispatch.setAtAttr(ArrayAttr::get(entry.getContext(), at));
      dispatch.setSizeAttr(ArrayAttr::get(entry.getContext(), size));
    }
    entry->setAttr(arenaAttrName, formula(constants.size, tokens.size, rows.size));
  }

  Region constants, tokens, rows;

private:
  static bool isOutput(Value value) {
    return llvm::any_of(value.getUsers(),
                        [](Operation *user) { return user->hasTrait<OpTrait::IsTerminator>(); });
  }

  void addValue(OpResult result) {
    ArenaValue value;
    value.size = unitBytes(cast<RankedTensorType>(result.getType()));
    value.begin = value.end = steps.lookup(result.getOwner());
    for (Operation *user : result.getUsers())
      value.end = std::max(value.end, steps.lookup(user));
    Region &region = regionOf(result);
    region.results.push_back(result);
    region.values.push_back(value);
  }

  Region &regionOf(Value value) {
    switch (rowSymbolOf(value)) {
    case RowSymbol::Static:
      return constants;
    case RowSymbol::Tokens:
      return tokens;
    case RowSymbol::Rows:
      return rows;
    }
    llvm_unreachable("a number of rows");
  }

  SizeAttr formula(int64_t constant, int64_t perToken, int64_t perRow) {
    return SizeAttr::get(entry.getContext(), constant, perToken, perRow);
  }

  func::FuncOp entry;
  /// The dispatches by their place in the program.
  DenseMap<Operation *, unsigned> steps;
};

struct PlanMemory : public weft::impl::PlanMemoryBase<PlanMemory> {
  void runOnOperation() override {
    for (func::FuncOp entry : entryPoints(getOperation())) {
      Planning planning(entry);
      planning.run();
      bytesPerToken += planning.tokens.size;
      bytesPerTokenWithoutReuse += planning.tokens.sum();
      numBarriers += setBarriers(entry);
    }
  }
};

} // namespace
