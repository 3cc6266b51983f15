#include "backends/cpu/KernelBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <cstddef>

using namespace mlir;

namespace weft::cpu {

KernelBuilder::KernelBuilder(ModuleOp module, StringRef name, const CpuTarget &target, Location loc)
    : target(target), builder(loc, module.getContext()) {
  builder.setInsertionPointToEnd(module.getBody());
  auto pointer = LLVM::LLVMPointerType::get(module.getContext());
  function = func::FuncOp::create(builder, name, builder.getFunctionType({pointer}, {}));
  entry = function.addEntryBlock();
  builder.setInsertionPointToStart(entry);
  Val dispatch(builder, entry->getArgument(0));
  bindings = load(pointer, dispatch, index(offsetof(WeftDispatch, bindings)), 8);
  sizes = load(pointer, dispatch, index(offsetof(WeftDispatch, sizes)), 8);
  begin = load(i64(), dispatch, index(offsetof(WeftDispatch, begin)), 8);
  end = load(i64(), dispatch, index(offsetof(WeftDispatch, end)), 8);
}

void KernelBuilder::finish() { func::ReturnOp::create(builder); }

Type KernelBuilder::scalarType(Scalar scalar) {
  switch (scalar) {
  case Scalar::F16:
    return builder.getF16Type();
  case Scalar::BF16:
    return builder.getBF16Type();
  case Scalar::F32:
    return f32();
  case Scalar::F8:
    return i8();
  }
  llvm_unreachable("a scalar type");
}

Val KernelBuilder::index(int64_t value) {
  return {builder, arith::ConstantOp::create(builder, builder.getI64IntegerAttr(value))};
}

Val KernelBuilder::real(double value) {
  return {builder, arith::ConstantOp::create(builder, builder.getF32FloatAttr(value))};
}

Val KernelBuilder::constants(ArrayRef<int8_t> bytes) {
  auto vector = DenseElementsAttr::get(vectorOf(bytes.size(), i8()), bytes);
  return {builder, arith::ConstantOp::create(builder, vector)};
}

Val KernelBuilder::constant(Type type, double value) {
  Type element = getElementTypeOrSelf(type);
  Attribute scalar = isa<FloatType>(element)
                         ? Attribute(builder.getFloatAttr(element, value))
                         : Attribute(builder.getIntegerAttr(element, int64_t(value)));
  if (auto vector = dyn_cast<VectorType>(type))
    scalar = DenseElementsAttr::get(vector, scalar);
  return {builder, arith::ConstantOp::create(builder, cast<TypedAttr>(scalar))};
}

Val KernelBuilder::keepFirst(Val vector, int64_t count) {
  if (count == vector.lanes())
    return vector;
  SmallVector<int64_t> order(vector.lanes());
  for (int64_t i = 0; i < vector.lanes(); ++i)
    order[i] = i < count ? i : vector.lanes() + i;
  return vector.shuffle(vector.like(0), order);
}

Val KernelBuilder::binding(unsigned number) {
  return load(LLVM::LLVMPointerType::get(builder.getContext()), bindings, index(8 * number), 8);
}

Val KernelBuilder::size(WeftSize which) { return load(i64(), sizes, index(8 * which), 8); }

Val KernelBuilder::widen(Scalar type, Val stored) {
  if (type != Scalar::F8)
    return stored.to(f32());
  // Sign, exponent and mantissa to where f16 has them, whose exponent has a bias of 4 more.
  Val half = (stored.to(builder.getI16Type()) << 7) & 0xbf80;
  Type f16 = builder.getF16Type();
  return half.bits(half.isVector() ? Type(vectorOf(half.lanes(), f16)) : f16).to(f32());
}

Val KernelBuilder::loadScalar(Scalar type, Val base, Val offset) {
  return widen(type, load(scalarType(type), base, offset, bitsOf(type) / 8));
}

Val KernelBuilder::loadScalars(Scalar type, int64_t lanes, Val base, Val offset) {
  VectorType stored = vectorOf(lanes, scalarType(type));
  return widen(type, load(stored, base, offset, bitsOf(type) / 8));
}

Val KernelBuilder::address(Val base, Val offset) {
  auto pointer = LLVM::LLVMPointerType::get(builder.getContext());
  return {builder, LLVM::GEPOp::create(builder, pointer, i8(), Value(base), ValueRange{offset})};
}

Val KernelBuilder::load(Type type, Val base, Val offset, unsigned align) {
  return {builder, LLVM::LoadOp::create(builder, type, address(base, offset), align)};
}

void KernelBuilder::store(Val value, Val base, Val offset, unsigned align) {
  LLVM::StoreOp::create(builder, value, address(base, offset), align);
}

void KernelBuilder::prefetch(Val base, Val offset) {
  constexpr uint32_t read = 0, secondLevel = 2, data = 1;
  LLVM::Prefetch::create(builder, address(base, offset), read, secondLevel, data);
}

Val KernelBuilder::mask(int64_t count, Val active) {
  SmallVector<int32_t> numbers(count);
  for (int64_t i = 0; i < count; ++i)
    numbers[i] = i;
  auto type = vectorOf(count, i32());
  Val ramp(builder,
           arith::ConstantOp::create(builder, DenseElementsAttr::get(type, ArrayRef(numbers))));
  return less(ramp, active.to(i32()).splat(count));
}

Val KernelBuilder::mask(int64_t count, int64_t active) {
  SmallVector<bool> bits(count);
  for (int64_t i = 0; i < count; ++i)
    bits[i] = i < active;
  auto type = vectorOf(count, builder.getI1Type());
  return {builder,
          arith::ConstantOp::create(builder, DenseElementsAttr::get(type, ArrayRef(bits)))};
}

static Val maskedLoad(KernelBuilder &k, VectorType type, Val address, Val mask, unsigned align) {
  Value zero = k.constant(type, 0);
  return {k.builder, LLVM::MaskedLoadOp::create(k.builder, type, address, mask, zero, align)};
}

Val KernelBuilder::loadFirst(VectorType type, Val base, Val offset, int64_t count, unsigned align) {
  if (count == type.getNumElements())
    return load(type, base, offset, align);
  return maskedLoad(*this, type, address(base, offset), mask(type.getNumElements(), count), align);
}

Val KernelBuilder::loadFirst(VectorType type, Val base, Val offset, Val count, unsigned align) {
  return maskedLoad(*this, type, address(base, offset), mask(type.getNumElements(), count), align);
}

void KernelBuilder::storeFirst(Val value, Val base, Val offset, int64_t count, unsigned align) {
  if (count == value.lanes())
    return store(value, base, offset, align);
  LLVM::MaskedStoreOp::create(builder, value, address(base, offset), mask(value.lanes(), count),
                              align);
}

void KernelBuilder::storeFirst(Val value, Val base, Val offset, Val count, unsigned align) {
  LLVM::MaskedStoreOp::create(builder, value, address(base, offset), mask(value.lanes(), count),
                              align);
}

Val KernelBuilder::scratch(int64_t bytes) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(entry);
  auto pointer = LLVM::LLVMPointerType::get(builder.getContext());
  return {builder, LLVM::AllocaOp::create(builder, pointer, i8(), index(bytes), 64)};
}

SmallVector<Val> KernelBuilder::loop(Val from, Val to, Val step, ArrayRef<Val> inits,
                                     LoopBody body) {
  SmallVector<Value> initial(inits.begin(), inits.end());
  auto wrap = [&](ValueRange values) {
    SmallVector<Val> result;
    for (Value value : values)
      result.push_back({builder, value});
    return result;
  };
  auto loopOp = scf::ForOp::create(builder, from, to, step, initial);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loopOp.getBody());
  SmallVector<Val> next =
      body({builder, loopOp.getInductionVar()}, wrap(loopOp.getRegionIterArgs()));
  SmallVector<Value> yielded(next.begin(), next.end());
  // A loop without results comes with its terminator.
  if (yielded.empty() && loopOp.getBody()->mightHaveTerminator())
    return {};
  scf::YieldOp::create(builder, yielded);
  return wrap(loopOp.getResults());
}

void KernelBuilder::loop(Val from, Val to, Val step, function_ref<void(Val)> body) {
  loop(from, to, step, {}, [&](Val i, ArrayRef<Val>) -> SmallVector<Val> {
    body(i);
    return {};
  });
}

void KernelBuilder::when(Val condition, function_ref<void()> body) {
  auto ifOp = scf::IfOp::create(builder, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(ifOp.thenBlock());
  body();
}

void KernelBuilder::when(Val condition, function_ref<void()> body, function_ref<void()> otherwise) {
  auto ifOp = scf::IfOp::create(builder, condition, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(ifOp.thenBlock());
  body();
  builder.setInsertionPointToStart(ifOp.elseBlock());
  otherwise();
}

Val KernelBuilder::intrinsic(StringRef name, Type result, ArrayRef<Val> arguments) {
  SmallVector<Value> operands(arguments.begin(), arguments.end());
  auto call = LLVM::CallIntrinsicOp::create(builder, result, builder.getStringAttr(name), operands);
  return {builder, call.getResults()};
}

} // namespace weft::cpu
