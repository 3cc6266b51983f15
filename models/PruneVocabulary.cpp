#include "models/PruneVocabulary.h"

#include "ir/Weft.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/SetVector.h"

#include <algorithm>

using namespace mlir;

namespace weft {

namespace {

/// Old ids [begin, end), which stay neighbours.
struct Run {
  int64_t begin, end;
};

std::vector<Run> runsOf(std::span<const int32_t> kept) {
  std::vector<Run> runs;
  for (int32_t id : kept) {
    if (!runs.empty() && runs.back().end == id)
      ++runs.back().end;
    else
      runs.push_back({id, id + 1});
  }
  return runs;
}

class Pruning {
public:
  Pruning(ModuleOp module, int64_t vocabulary, std::span<const int32_t> kept)
      : module(module), vocabulary(vocabulary), left(int64_t(kept.size())), runs(runsOf(kept)) {}

  Result<void> run() {
    auto forward = module.lookupSymbol<func::FuncOp>("forward");
    if (!forward || forward.getBody().empty())
      return fail("expected a function @forward, found none");
    forward.walk([&](EmbedOp embed) {
      if (embed.getIds() == forward.getArgument(0))
        note(embed.getTable());
    });
    Operation *end = forward.getBody().front().getTerminator();
    if (Result<void> done = shrink(end->getOperand(0)); !done)
      return done;
    for (StringAttr name : parameters)
      if (Result<void> done = shrinkParameter(name); !done)
        return done;
    FunctionType type = forward.getFunctionType();
    forward.setType(
        FunctionType::get(module.getContext(), type.getInputs(), end->getOperandTypes()));
    return {};
  }

  int64_t removedWeights() const { return removed; }

private:
  RankedTensorType smaller(RankedTensorType type, unsigned dimension) const {
    SmallVector<int64_t> shape(type.getShape());
    shape[dimension] = left;
    return RankedTensorType::get(shape, type.getElementType(), type.getEncoding());
  }

  void note(Value weight) {
    if (auto op = weight.getDefiningOp<WeightOp>())
      parameters.insert(op.getParameterAttr().getAttr());
  }

  /// Gives a value with a column for each token a column for each that stays, and what it is
  /// computed from: the logits, back to the product that makes them.
  Result<void> shrink(Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (!type || type.getRank() == 0 || type.getShape().back() != vocabulary)
      return {};
    Operation *op = value.getDefiningOp();
    if (auto linear = dyn_cast_or_null<LinearOp>(op)) {
      note(linear.getWeight());
    } else if (isa_and_nonnull<WeightOp>(op)) {
      note(value);
      return {};
    } else if (op && op->getNumRegions() == 0) {
      for (Value operand : op->getOperands())
        if (Result<void> done = shrink(operand); !done)
          return done;
    } else {
      return fail("expected logits that a product with a weight makes, found another value");
    }
    value.setType(smaller(type, type.getRank() - 1));
    return {};
  }

  /// Sources become the runs of rows (rank 1: elements) that stay, each where it lies.
  Result<void> shrinkParameter(StringAttr name) {
    auto parameter = module.lookupSymbol<ParameterOp>(name);
    RankedTensorType type = parameter.getTensorType();
    std::string where = "parameter '" + name.str() + "': ";
    if (type.getDimSize(0) < runs.back().end)
      return fail(where + "expected at least " + std::to_string(runs.back().end) + " rows, found " +
                  std::to_string(type.getDimSize(0)));
    if (!parameter.getSources())
      return fail(where + "expected rows in a file, found an inline value");
    SmallVector<Attribute> sources;
    int64_t begin = 0; // of this source, in rows of the parameter
    for (auto source : parameter.getSources()->getAsRange<SourceAttr>()) {
      Storage storage = storageOf(source.getType());
      if (source.getTransposed() || storage.arrangement.kind != Arrangement::Kind::Rows ||
          (type.getRank() == 1 && storage.isBlock()))
        return fail(where + "expected plain rows, found " + storage.describe());
      int64_t end = begin + source.getType().getDimSize(0);
      for (Run run : runs) {
        int64_t first = std::max(run.begin, begin), last = std::min(run.end, end);
        if (first < last)
          sources.push_back(rowsOf(source, storage, first - begin, last - begin));
      }
      begin = end;
    }
    RankedTensorType small = smaller(type, 0);
    removed += type.getNumElements() - small.getNumElements();
    parameter.setType(small);
    parameter.setSourcesAttr(ArrayAttr::get(module.getContext(), sources));
    module.walk([&](WeightOp weight) {
      if (weight.getParameterAttr().getAttr() == name)
        weight.getResult().setType(small);
    });
    return {};
  }

  Attribute rowsOf(SourceAttr source, const Storage &storage, int64_t first, int64_t last) const {
    RankedTensorType type = source.getType();
    SmallVector<int64_t> shape(type.getShape());
    shape[0] = last - first;
    bool vector = shape.size() == 1;
    int64_t skipped = vector ? storage.bytes(1, first) : storage.bytes(first, shape.back());
    return SourceAttr::get(source.getContext(), source.getTensor(), source.getFile(),
                           source.getOffset() + (first ? skipped : 0),
                           RankedTensorType::get(shape, type.getElementType(), type.getEncoding()),
                           false, source.getCheck());
  }

  ModuleOp module;
  int64_t vocabulary, left, removed = 0;
  std::vector<Run> runs;
  llvm::SetVector<StringAttr> parameters;
};

} // namespace

Result<void> pruneVocabulary(ModuleOp module, std::span<const int32_t> kept) {
  Result<ModelInfo> info = readModelInfo(module);
  if (!info)
    return failFrom(info);
  if (kept.empty() || kept.front() < 0 || kept.back() >= info->vocabulary ||
      !std::ranges::is_sorted(kept, std::less_equal()))
    return fail("expected ids that ascend from 0 to at most " +
                std::to_string(info->vocabulary - 1) + ", the last of the model, found " +
                (kept.empty() ? "none" : "up to " + std::to_string(kept.back())));
  Pruning pruning(module, info->vocabulary, kept);
  if (Result<void> done = pruning.run(); !done)
    return done;
  info->vocabulary = int64_t(kept.size());
  info->weightCount -= pruning.removedWeights();
  writeModelInfo(module, *info);
  if (failed(verify(module)))
    return fail("the model without the removed tokens is not a valid module");
  return {};
}

} // namespace weft
