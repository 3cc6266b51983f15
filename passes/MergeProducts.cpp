#include "passes/EntryPoints.h"
#include "passes/Passes.h"
#include "passes/ProductTrees.h"

namespace weft {
#define GEN_PASS_DEF_MERGEPRODUCTS
#include "passes/Passes.h.inc"
} // namespace weft

using namespace mlir;
using namespace weft;

namespace {

/// "layers.0.attention.q", "....k", "....v" -> "layers.0.attention.qkv"; parts of more than
/// one letter are joined by '_'.
std::string joinedName(ArrayRef<std::string> names, char separator) {
  SmallVector<SmallVector<StringRef>> split(names.size());
  for (auto [name, parts] : llvm::zip(names, split))
    StringRef(name).split(parts, separator);
  size_t shortest =
      llvm::min_element(split, [](auto &a, auto &b) { return a.size() < b.size(); })->size();
  auto same = [&](auto part) {
    return llvm::all_of(split, [&](auto &parts) { return part(parts) == part(split.front()); });
  };
  size_t head = 0, tail = 0;
  while (head + 1 < shortest && same([&](auto &parts) { return parts[head]; }))
    ++head;
  while (head + tail + 1 < shortest &&
         same([&](auto &parts) { return parts[parts.size() - 1 - tail]; }))
    ++tail;

  SmallVector<std::string> middles;
  for (auto &parts : split)
    middles.push_back(
        llvm::join(ArrayRef(parts).drop_front(head).drop_back(tail), {&separator, 1}));
  bool letters = llvm::all_of(middles, [](auto &middle) { return middle.size() == 1; });
  SmallVector<StringRef> result(ArrayRef(split.front()).take_front(head));
  std::string middle = llvm::join(middles, letters ? "" : "_");
  result.push_back(middle);
  llvm::append_range(result, ArrayRef(split.front()).take_back(tail));
  return llvm::join(result, {&separator, 1});
}

/// A location that is named after all `ops` and keeps their own.
Location joinedLocation(MLIRContext *context, ArrayRef<Operation *> ops) {
  SmallVector<Location> locations;
  SmallVector<std::string> names;
  for (Operation *op : ops) {
    locations.push_back(op->getLoc());
    if (std::string name = nameOf(op->getLoc()); !name.empty())
      names.push_back(name);
  }
  if (names.size() == ops.size())
    locations.insert(locations.begin(),
                     NameLoc::get(StringAttr::get(context, joinedName(names, '/'))));
  return FusedLoc::get(context, locations);
}

struct MergeProducts : public weft::impl::MergeProductsBase<MergeProducts> {
  void runOnOperation() override {
    auto readers = parameterReads(getOperation());
    SymbolTable symbols(getOperation());
    for (func::FuncOp entry : entryPoints(getOperation())) {
      ProductTrees trees(entry.getBody().front());
      // Siblings by their input and how their weights are stored.
      llvm::MapVector<std::tuple<Value, Type, Attribute>, SmallVector<LinearOp>> siblings;
      for (auto linear : entry.getOps<LinearOp>()) {
        auto weight = linear.getWeight().getDefiningOp<WeightOp>();
        if (!weight || readers[weight.getParameterAttr().getAttr()].reads.size() != 1 ||
            !symbols.lookup<ParameterOp>(weight.getParameter()).getSources() ||
            trees.treeOf(linear)->products.size() != 1)
          continue;
        RankedTensorType type = weight.getResult().getType();
        siblings[{linear.getInput(), type.getElementType(), type.getEncoding()}].push_back(linear);
      }
      for (auto &[key, products] : siblings)
        if (products.size() > 1)
          merge(products, symbols);
    }
  }

  void merge(ArrayRef<LinearOp> products, SymbolTable &symbols) {
    SmallVector<ParameterOp> parameters;
    for (LinearOp product : products)
      parameters.push_back(symbols.lookup<ParameterOp>(
          product.getWeight().getDefiningOp<WeightOp>().getParameter()));
    ParameterOp parameter = stack(parameters, symbols);

    LinearOp first = products.front();
    OpBuilder builder(first);
    SmallVector<Operation *> ops(products.begin(), products.end());
    Location loc = joinedLocation(&getContext(), ops);
    auto weight = WeightOp::create(builder, loc, parameter.getTensorType(),
                                   FlatSymbolRefAttr::get(parameter.getSymNameAttr()));
    auto rows = first.getType().getDimSize(0);
    auto type = RankedTensorType::get({rows, parameter.getTensorType().getDimSize(0)},
                                      builder.getF32Type());
    Value merged = LinearOp::create(builder, loc, type, first.getInput(), weight);
    int64_t begin = 0;
    for (LinearOp product : products) {
      // All views stand at the first product, before every reader of any of them.
      Value columns =
          ColumnsOp::create(builder, product.getLoc(), product.getType(), merged, begin);
      begin += product.getType().getDimSize(1);
      product.getResult().replaceAllUsesWith(columns);
    }
    for (LinearOp product : products) {
      Operation *oldWeight = product.getWeight().getDefiningOp();
      product.erase();
      oldWeight->erase();
    }
    for (ParameterOp old : parameters)
      symbols.erase(old);
    numMerged += products.size() - 1;
  }

  /// A parameter of the rows of all `parameters`, in place of the first.
  ParameterOp stack(ArrayRef<ParameterOp> parameters, SymbolTable &symbols) {
    SmallVector<Attribute> sources;
    SmallVector<std::string> names;
    SmallVector<Operation *> ops;
    int64_t rows = 0;
    for (ParameterOp parameter : parameters) {
      llvm::append_range(sources, *parameter.getSources());
      names.push_back(parameter.getSymName().str());
      ops.push_back(parameter);
      rows += parameter.getTensorType().getDimSize(0);
    }
    ParameterOp first = parameters.front();
    RankedTensorType type = first.getTensorType();
    type = RankedTensorType::get({rows, type.getDimSize(1)}, type.getElementType(),
                                 type.getEncoding());
    OpBuilder builder(first);
    auto result = ParameterOp::create(
        builder, joinedLocation(&getContext(), ops), builder.getStringAttr(joinedName(names, '.')),
        TypeAttr::get(type), builder.getArrayAttr(sources), ElementsAttr());
    symbols.insert(result, Block::iterator(first));
    return result;
  }
};

} // namespace
