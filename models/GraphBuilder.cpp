#include "models/GraphBuilder.h"

#include "ir/storage/WeightFiles.h"
#include "runtime/base/Quotes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"

#include <algorithm>

using namespace mlir;

namespace weft {

static bool isDense(const Checkpoint &checkpoint, Scalar scalar) {
  return llvm::all_of(checkpoint.tensors(), [&](const auto &item) {
    return item.second.shape.size() < 2 || item.second.storage == Storage::dense(scalar);
  });
}

static Storage kvStorageOf(const Checkpoint &checkpoint, const ModelOptions &options) {
  Scalar scalar = isDense(checkpoint, Scalar::F32) ? Scalar::F32 : Scalar::F16;
  return options.kv.value_or(Storage::dense(scalar));
}

GraphBuilder::GraphBuilder(const Checkpoint &checkpoint, MLIRContext &context, TensorNames names,
                           const ModelOptions &options)
    : checkpoint(checkpoint), names(names), declarations(&context), builder(&context),
      kvStorage(kvStorageOf(checkpoint, options)) {
  Location loc = location("forward");
  module = ModuleOp::create(loc);
  declarations.setInsertionPointToEnd(module->getBody());

  auto ids = RankedTensorType::get({ShapedType::kDynamic}, builder.getI32Type());
  auto type = builder.getFunctionType({ids, ids, ids, ids}, {});
  auto forward = func::FuncOp::create(declarations, loc, "forward", type);
  forward.setArgAttr(3, rowsAttrName, builder.getUnitAttr());
  entry = builder.createBlock(&forward.getBody());
  for (const char *name : {"tokens", "positions", "sequences", "rows"})
    entry->addArgument(ids, location(name));
  declarations.setInsertionPoint(forward);
}

// --- Names

GraphBuilder::Scope::Scope(GraphBuilder &builder, std::string_view name, int64_t number)
    : builder(builder), pathLength(builder.path.size()), patternLength(builder.pattern.size()),
      depth(builder.numbers.size()) {
  builder.path.append(name);
  builder.pattern.append(name);
  if (number >= 0) {
    builder.numbers.push_back(number);
    builder.path += "." + std::to_string(number);
    builder.pattern += ".#";
  }
  builder.path += '/';
  builder.pattern += '.';
}

GraphBuilder::Scope::~Scope() {
  builder.path.resize(pathLength);
  builder.pattern.resize(patternLength);
  builder.numbers.resize(depth);
}

Location GraphBuilder::location(std::string_view name) const {
  MLIRContext *context = builder.getContext();
  return NameLoc::get(StringAttr::get(context, path + std::string(name)));
}

std::string GraphBuilder::symbolOf(std::string_view name) const {
  std::string symbol = path + std::string(name);
  std::ranges::replace(symbol, '/', '.');
  return symbol;
}

std::string GraphBuilder::tensorOf(std::string_view name, std::string_view ending) const {
  std::string key = pattern + std::string(name);
  auto known = llvm::find_if(names.names, [&](const TensorName &item) { return item.name == key; });
  assert(known != names.names.end() && "a weight that the family's table does not name");
  std::string tensor(checkpoint.format() == "gguf" ? known->gguf : known->huggingFace);
  // A format that stacks the experts of a layer has fewer places than there are numbers.
  auto next = numbers.begin();
  for (size_t at = tensor.find('#'); at != std::string::npos; at = tensor.find('#', at)) {
    assert(next != numbers.end() && "a # for which no scope has a number");
    std::string digits = std::to_string(*next++);
    tensor.replace(at, 1, digits);
    at += digits.size();
  }
  tensor += ending;
  if (tensor.starts_with(names.optionalPrefix) && !checkpoint.contains(tensor))
    if (std::string bare = tensor.substr(names.optionalPrefix.size()); checkpoint.contains(bare))
      return bare;
  return tensor;
}

void GraphBuilder::note(std::string message) {
  if (!error)
    error = Error{std::move(message)};
}

// --- Weights

FileCheckAttr GraphBuilder::checkOf(const CheckpointTensor &tensor) {
  FileCheckAttr &check = checks[tensor.file];
  if (check)
    return check;
  uint64_t header = tensor.offset;
  for (const auto &[name, other] : checkpoint.tensors())
    if (other.file == tensor.file)
      header = std::min(header, other.offset);
  FileCheck found = FileCheck::of(tensor.whole, header);
  return check = FileCheckAttr::get(builder.getContext(), int64_t(found.size),
                                    int64_t(found.header), found.hash);
}

Value GraphBuilder::weight(Location loc, const std::string &symbol, RankedTensorType type) {
  return WeightOp::create(builder, loc, type, symbol);
}

Value GraphBuilder::parameter(std::string_view name, std::string_view ending,
                              std::span<const int64_t> shape, bool transposed) {
  Location loc = location(name);
  std::string symbol = symbolOf(name) + std::string(ending == ".bias" ? ".bias" : "");
  if (auto known = declared.find(symbol); known != declared.end())
    return weight(loc, symbol, known->second);

  std::string tensorName = tensorOf(name, ending);
  SmallVector<int64_t> fileShape(shape.begin(), shape.end());
  if (transposed)
    std::reverse(fileShape.begin(), fileShape.end());
  auto type = RankedTensorType::get({shape.data(), shape.size()}, builder.getF32Type());
  Result<const CheckpointTensor *> tensor = checkpoint.tensor(tensorName, fileShape);
  if (!tensor) {
    note(tensor.error().message);
  } else {
    const Storage &storage = (*tensor)->storage;
    if (transposed && storage.isBlock())
      note(inQuotes((*tensor)->file) + ": tensor " + inQuotes(tensorName) + " is stored as " +
           storage.describe() + ", which cannot be transposed; expected f32, f16 or bf16");
    auto source = SourceAttr::get(
        builder.getContext(), tensorName, (*tensor)->file, int64_t((*tensor)->offset),
        withStorage(RankedTensorType::get(fileShape, builder.getF32Type()), storage), transposed,
        checkOf(**tensor));
    if (shape.size() == 2)
      type = withStorage(type, storage);
    ParameterOp::create(declarations, loc, symbol, type, builder.getArrayAttr(source), nullptr);
    weightCount += type.getNumElements();
    used.insert(tensorName);
  }
  declared[symbol] = type;
  return weight(loc, symbol, type);
}

Value GraphBuilder::matrix(std::string_view name, int64_t rows, int64_t columns, bool transposed) {
  return parameter(name, ".weight", std::array{rows, columns}, transposed);
}

Value GraphBuilder::vector(std::string_view name, int64_t size, std::string_view ending) {
  return parameter(name, ending, std::array{size}, false);
}

Value GraphBuilder::constant(std::string_view symbol, std::span<const float> values) {
  Location loc = location(symbol);
  auto type = RankedTensorType::get({int64_t(values.size())}, builder.getF32Type());
  auto value = DenseElementsAttr::get(type, ArrayRef<float>(values.data(), values.size()));
  ParameterOp::create(declarations, loc, std::string(symbol), type, nullptr, value);
  return weight(loc, std::string(symbol), type);
}

// --- Ops

static int64_t columnsOf(Value x) { return cast<RankedTensorType>(x.getType()).getDimSize(1); }

RankedTensorType GraphBuilder::typeLike(Value x, int64_t columns) {
  int64_t rows = cast<RankedTensorType>(x.getType()).getDimSize(0);
  return RankedTensorType::get({rows, columns}, builder.getF32Type());
}

Value GraphBuilder::embed(Value ids, Value table) {
  // The same name as the table's: an embedding is the reading of its weight.
  return EmbedOp::create(builder, table.getLoc(), typeLike(ids, columnsOf(table)), ids, table);
}

Value GraphBuilder::linear(std::string_view name, Value x, int64_t outputs, Bias bias,
                           bool transposed) {
  Value result = product(name, x, matrix(name, outputs, columnsOf(x), transposed));
  if (bias == Bias::Required ||
      (bias == Bias::IfPresent && checkpoint.contains(tensorOf(name, ".bias"))))
    result = AddOp::create(builder, location(name), result, vector(name, outputs, ".bias"));
  return result;
}

Value GraphBuilder::product(std::string_view name, Value x, Value weight) {
  int64_t outputs = cast<RankedTensorType>(weight.getType()).getDimSize(0);
  return LinearOp::create(builder, location(name), typeLike(x, outputs), x, weight);
}

Value GraphBuilder::rmsNorm(std::string_view name, Value x, double epsilon) {
  return RmsNormOp::create(builder, location(name), x, vector(name, columnsOf(x)),
                           builder.getF32FloatAttr(float(epsilon)));
}

Value GraphBuilder::layerNorm(std::string_view name, Value x, double epsilon) {
  Value weight = vector(name, columnsOf(x)), bias = vector(name, columnsOf(x), ".bias");
  return LayerNormOp::create(builder, location(name), x, weight, bias,
                             builder.getF32FloatAttr(float(epsilon)));
}

Value GraphBuilder::add(Value a, Value b) { return AddOp::create(builder, location("add"), a, b); }

Value GraphBuilder::mul(Value a, Value b) { return MulOp::create(builder, location("mul"), a, b); }

Value GraphBuilder::silu(Value x) { return SiluOp::create(builder, location("silu"), x); }

Value GraphBuilder::gelu(Value x) { return GeluOp::create(builder, location("gelu"), x); }

Value GraphBuilder::columns(Value x, int64_t begin, int64_t size) {
  return ColumnsOp::create(builder, location("columns"), typeLike(x, size), x, begin);
}

Value GraphBuilder::ropeTable(Value frequencies) {
  int64_t count = cast<RankedTensorType>(frequencies.getType()).getDimSize(0);
  return RopeTableOp::create(builder, location("rope"), typeLike(positions(), 2 * count),
                             positions(), frequencies);
}

Value GraphBuilder::rope(Value x, Value table, int64_t heads, RopePairs pairs) {
  return RopeOp::create(builder, location("rope"), x, table, heads, pairs);
}

Value GraphBuilder::state(std::string_view name, int64_t heads, int64_t headDim) {
  Location loc = location(name);
  std::string symbol = symbolOf(name);
  auto type = kvTypeOf(builder.getContext(), heads, headDim, kvStorage);
  StateOp::create(declarations, loc, symbol, type);
  return RecallOp::create(builder, loc, type, symbol);
}

Value GraphBuilder::append(Value state, Value keys, Value values) {
  return AppendOp::create(builder, location("append"), state, keys, values, argument(1),
                          argument(2));
}

Value GraphBuilder::attend(Value queries, Value state, int64_t heads, double scale,
                           std::optional<int64_t> window) {
  return AttendOp::create(builder, location("attend"), queries, state, argument(1), argument(2),
                          builder.getI64IntegerAttr(heads), builder.getF32FloatAttr(float(scale)),
                          window ? builder.getI64IntegerAttr(*window) : IntegerAttr());
}

Value GraphBuilder::takeRows(Value x) {
  return TakeRowsOp::create(builder, location("rows"), typeLike(argument(3), columnsOf(x)), x,
                            argument(3));
}

// --- The end

Result<void> GraphBuilder::checkAllUsed() const {
  for (const auto &[name, tensor] : checkpoint.tensors()) {
    bool ignored = llvm::any_of(names.ignored,
                                [&](std::string_view ending) { return name.ends_with(ending); });
    if (!used.contains(name) && !ignored)
      return fail(inQuotes(tensor.file) + ": tensor " + inQuotes(name) +
                  " has no place in the family " + inQuotes(checkpoint.family()) +
                  " as it is known here; leaving it out would change "
                  "what the model computes");
  }
  return {};
}

Result<OwningOpRef<ModuleOp>> GraphBuilder::finish(Value logits, ModelInfo info) {
  if (error)
    return tl::unexpected(*error);
  if (Result<void> all = checkAllUsed(); !all)
    return failFrom(all);
  func::ReturnOp::create(builder, location("forward"), logits);
  auto forward = cast<func::FuncOp>(entry->getParentOp());
  forward.setType(builder.getFunctionType(entry->getArgumentTypes(), logits.getType()));
  info.weightCount = weightCount;
  writeModelInfo(*module, info);

  std::string found;
  ScopedDiagnosticHandler handler(builder.getContext(), [&](Diagnostic &diagnostic) {
    llvm::raw_string_ostream(found)
        << (found.empty() ? "" : "; ") << diagnostic.getLocation() << ": " << diagnostic;
    return success();
  });
  if (failed(verify(*module)))
    return fail(inQuotes(checkpoint.path()) + ": the graph is not valid: " + found);
  return std::move(module);
}

} // namespace weft
