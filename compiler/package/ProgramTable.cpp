#include "compiler/package/ProgramTable.h"

#include "passes/EntryPoints.h"
#include "passes/Passes.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace weft {

/// The backend of the kernels that use each state of a module.
static llvm::DenseMap<StringAttr, const Backend *> backendsOfStates(const CompiledTarget &target) {
  llvm::DenseMap<StringAttr, const Backend *> result;
  for (func::FuncOp entry : entryPoints(target.module))
    for (auto dispatch : entry.getOps<DispatchOp>())
      for (Value operand : dispatch.getOperands())
        if (isa<KvType>(operand.getType()))
          for (const ProgramPart &part : target.parts)
            if (part.backend->name() ==
                kernelOf(dispatch)->getAttrOfType<StringAttr>(deviceAttrName).getValue())
              result.try_emplace(stateOf(operand), part.backend);
  return result;
}

SymbolTables::Numbers SymbolTables::add(const CompiledTarget &target) {
  Numbers numbers;
  ModuleOp module = target.module;
  for (auto parameter : module.getOps<ParameterOp>()) {
    StringAttr name = parameter.getSymNameAttr();
    auto [number, isNew] = parameterNumbers.try_emplace(
        {name.getAsOpaquePointer(), parameter.getTensorType().getAsOpaquePointer()},
        parameters.size());
    if (isNew)
      parameters.push_back(parameter);
    numbers.parameters[name] = number->second;
  }
  auto backends = backendsOfStates(target);
  for (auto state : module.getOps<StateOp>()) {
    StringAttr name = state.getSymNameAttr();
    const Backend *backend = backends.lookup(name);
    if (!backend)
      backend = target.parts.front().backend;
    uint64_t bytes = backend->stateBytesPerPosition(state.getType());
    uint64_t runs = backend->stateRuns(state.getType());
    auto [number, isNew] = stateNumbers.try_emplace(
        {name.getAsOpaquePointer(), state.getType().getAsOpaquePointer(), bytes, runs},
        states.size());
    if (isNew)
      states.push_back({state, bytes, runs});
    numbers.states[name] = number->second;
  }
  return numbers;
}

static schema::Scalar tableOf(Scalar scalar) {
  switch (scalar) {
  case Scalar::F32:
    return schema::Scalar::F32;
  case Scalar::F16:
    return schema::Scalar::F16;
  case Scalar::BF16:
    return schema::Scalar::BF16;
  case Scalar::F8:
    return schema::Scalar::F8;
  }
  llvm_unreachable("a scalar");
}

schema::Storage tableOf(const Storage &storage) {
  auto kind = storage.arrangement.kind == Arrangement::Kind::Split ? schema::ArrangementKind::Split
              : storage.arrangement.kind == Arrangement::Kind::Tiled
                  ? schema::ArrangementKind::Tiled
                  : schema::ArrangementKind::Rows;
  return schema::Storage(tableOf(storage.scalar), storage.bits, kind, storage.block, storage.bias,
                         storage.arrangement.rows, storage.arrangement.depth);
}

namespace {

schema::Size sizeOf(SizeAttr size) {
  return schema::Size(size.getConstant(), size.getTokens(), size.getRows(), 0, 0);
}

/// `perRow` bytes for each row of a value.
schema::Size rowsOf(RowSymbol symbol, uint64_t perRow) {
  switch (symbol) {
  case RowSymbol::Static:
    return schema::Size(perRow, 0, 0, 0, 0);
  case RowSymbol::Tokens:
    return schema::Size(0, perRow, 0, 0, 0);
  case RowSymbol::Rows:
    return schema::Size(0, 0, perRow, 0, 0);
  }
  llvm_unreachable("a row symbol");
}

class EntryBuilder {
public:
  EntryBuilder(flatbuffers::FlatBufferBuilder &builder, func::FuncOp entry,
               const CompiledTarget &target, const SymbolTables::Numbers &numbers,
               const SymbolTables &tables)
      : builder(builder), entry(entry), numbers(numbers), tables(tables) {
    uint32_t first = 0;
    for (const ProgramPart &part : target.parts) {
      for (const KernelForms &form : part.program.forms)
        forms[form.function] = {&form, first};
      first += part.program.kernels.size();
    }
  }

  FailureOr<flatbuffers::Offset<schema::Entry>> build() {
    std::vector<flatbuffers::Offset<schema::Step>> steps;
    auto arena = entry->getAttrOfType<SizeAttr>(arenaAttrName);
    if (!arena)
      return entry.emitError("expected a planned entry point (attribute '")
             << arenaAttrName << "')";
    for (auto dispatch : entry.getOps<DispatchOp>())
      if (failed(buildSteps(dispatch, sizeOf(arena), steps)))
        return failure();
    constexpr schema::PortKind inputKinds[] = {schema::PortKind::Tokens,
                                               schema::PortKind::Positions,
                                               schema::PortKind::Sequences, schema::PortKind::Rows};
    Operation *terminator = entry.getBody().front().getTerminator();
    if (entry.getNumArguments() != std::size(inputKinds) || terminator->getNumOperands() != 1)
      return entry.emitError("expected forward(tokens, positions, sequences, rows) -> logits");
    std::vector<flatbuffers::Offset<schema::Port>> inputs, outputs;
    for (auto [argument, kind] : llvm::zip(entry.getArguments(), inputKinds)) {
      schema::Size size = rowsOf(rowSymbolOf(argument), 4);
      inputs.push_back(schema::CreatePort(builder, kind, &size));
    }
    schema::Size size = outputSize(terminator->getOperand(0));
    outputs.push_back(schema::CreatePort(builder, schema::PortKind::Logits, &size));
    schema::Size planned = sizeOf(arena);
    schema::Size arenaSize(planned.constant() + scratchBytes, planned.perToken(), planned.perRow(),
                           planned.perContext(), planned.perSlot());
    return schema::CreateEntryDirect(builder, entry.getName().str().c_str(), &inputs, &outputs,
                                     &arenaSize, &steps);
  }

private:
  using Binding = flatbuffers::Offset<schema::Binding>;

  schema::Size outputSize(Value logits) {
    auto type = cast<RankedTensorType>(logits.getType());
    return rowsOf(rowSymbolOf(logits), storageOf(type).rowBytes(type.getDimSize(1)));
  }

  /// The step of a dispatch, and what finishes it. Scratch memory lies behind the arena that
  /// was planned, the same for all: those who use it have a barrier.
  LogicalResult buildSteps(DispatchOp dispatch, const schema::Size &scratchAt,
                           std::vector<flatbuffers::Offset<schema::Step>> &steps) {
    auto [form, firstKernel] = forms.lookup(dispatch.getKernel());
    if (!form)
      return dispatch.emitError("kernel '") << dispatch.getKernel() << "' was not compiled";
    std::string place = nameOf(dispatch.getLoc()), name = place.empty() ? form->function : place;
    scratchBytes = std::max<uint64_t>(scratchBytes, llvm::alignTo(form->scratchBytes, 64));
    auto add = [&, form = form, firstKernel = firstKernel](ArrayRef<KernelVariant> kernels,
                                                           bool barrier) -> LogicalResult {
      std::vector<Binding> bindings;
      if (failed(bindAll(dispatch, bindings)))
        return failure();
      if (form->scratchBytes)
        bindings.push_back(
            bind(schema::Space::Arena, 0, scratchAt, schema::Size(form->scratchBytes, 0, 0, 0, 0)));
      std::vector<flatbuffers::Offset<schema::Variant>> variants;
      for (const KernelVariant &variant : kernels)
        variants.push_back(buildVariant(variant, firstKernel));
      steps.push_back(schema::CreateStepDirect(builder, name.c_str(), form->symbol, &bindings,
                                               &variants, barrier,
                                               bindings.size() - dispatch.getOperands().size()));
      return success();
    };
    if (failed(add(form->variants, dispatch.getBarrier() || form->scratchBytes)))
      return failure();
    return form->then.empty() ? success() : add(form->then, /*barrier=*/true);
  }

  flatbuffers::Offset<schema::Variant> buildVariant(const KernelVariant &variant,
                                                    uint32_t firstKernel) {
    const uint32_t kernel = firstKernel + variant.kernel;
    if (variant.alternatives.empty())
      return schema::CreateVariant(builder, variant.most, kernel, &variant.grid, variant.shared);
    std::vector<flatbuffers::Offset<schema::Alternative>> alternatives;
    for (const KernelAlternative &other : variant.alternatives) {
      flatbuffers::Offset<flatbuffers::String> features, favoredBy;
      if (!other.features.empty())
        features = builder.CreateSharedString(llvm::join(other.features, ","));
      if (other.favoredBy)
        favoredBy = builder.CreateSharedString(*other.favoredBy);
      alternatives.push_back(
          schema::CreateAlternative(builder, firstKernel + other.kernel, features, favoredBy));
    }
    return schema::CreateVariant(builder, variant.most, kernel, &variant.grid, variant.shared,
                                 builder.CreateVector(alternatives));
  }

  /// Operands, then results that have memory of their own.
  LogicalResult bindAll(DispatchOp dispatch, std::vector<Binding> &bindings) {
    SmallVector<Value> values(dispatch.getOperands());
    for (Value result : dispatch.getResults())
      if (isa<RankedTensorType>(result.getType()))
        values.push_back(result);
    for (Value value : values) {
      FailureOr<Binding> binding = bindingOf(value);
      if (failed(binding))
        return failure();
      bindings.push_back(*binding);
    }
    return success();
  }

  Binding bind(schema::Space space, uint32_t index, schema::Size offset, schema::Size size) {
    return schema::CreateBinding(builder, space, index, &offset, &size);
  }

  FailureOr<Binding> bindingOf(Value value) {
    if (auto argument = dyn_cast<BlockArgument>(value))
      return bind(schema::Space::Input, argument.getArgNumber(), {},
                  rowsOf(rowSymbolOf(argument), 4));
    if (auto weight = value.getDefiningOp<WeightOp>()) {
      uint32_t index = numbers.parameters.lookup(weight.getParameterAttr().getAttr());
      return bind(schema::Space::Parameter, index, {},
                  schema::Size(bytesOf(weight.getResult().getType()), 0, 0, 0, 0));
    }
    if (isa<KvType>(value.getType())) {
      uint32_t index = numbers.states.lookup(stateOf(value));
      return bind(schema::Space::State, index, {},
                  schema::Size(0, 0, 0, 0, tables.states[index].bytes));
    }
    auto result = cast<OpResult>(value);
    auto dispatch = dyn_cast<DispatchOp>(result.getOwner());
    if (!dispatch || !dispatch.getAt() || !dispatch.getSize())
      return emitError(value.getLoc(), "expected a value that planning has placed");
    Operation *terminator = entry.getBody().front().getTerminator();
    if (llvm::is_contained(terminator->getOperands(), value))
      return bind(schema::Space::Output, 0, {}, outputSize(value));
    unsigned number = result.getResultNumber();
    return bind(schema::Space::Arena, 0, sizeOf(cast<SizeAttr>((*dispatch.getAt())[number])),
                sizeOf(cast<SizeAttr>((*dispatch.getSize())[number])));
  }

  flatbuffers::FlatBufferBuilder &builder;
  func::FuncOp entry;
  const SymbolTables::Numbers &numbers;
  const SymbolTables &tables;
  /// Forms, and the number of the first kernel of their part.
  llvm::StringMap<std::pair<const KernelForms *, uint32_t>> forms;
  /// The most that any step wants.
  uint64_t scratchBytes = 0;
};

} // namespace

FailureOr<flatbuffers::Offset<schema::Entry>> buildEntry(flatbuffers::FlatBufferBuilder &builder,
                                                         const CompiledTarget &target,
                                                         const SymbolTables::Numbers &numbers,
                                                         const SymbolTables &tables) {
  auto entry = ModuleOp(target.module).lookupSymbol<func::FuncOp>("forward");
  if (!entry)
    return ModuleOp(target.module).emitError("expected an entry point 'forward'");
  return EntryBuilder(builder, entry, target, numbers, tables).build();
}

} // namespace weft
