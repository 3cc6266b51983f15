#include "backends/cpu/Values.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <numeric>

using namespace mlir;

namespace weft::cpu {

int64_t Val::lanes() const {
  auto vector = dyn_cast<VectorType>(type());
  return vector ? vector.getNumElements() : 1;
}

Val Val::like(double number) const {
  TypedAttr scalar = isFloat() ? TypedAttr(builder->getFloatAttr(element(), number))
                               : TypedAttr(builder->getIntegerAttr(element(), int64_t(number)));
  if (auto vector = dyn_cast<VectorType>(type()))
    scalar = DenseElementsAttr::get(vector, Attribute(scalar));
  return {*builder, arith::ConstantOp::create(*builder, scalar)};
}

Val Val::splat(int64_t count) const {
  if (isVector())
    return *this;
  return {*builder, vector::BroadcastOp::create(*builder, VectorType::get({count}, type()), value)};
}

Val Val::bits(Type to) const {
  if (isa<VectorType>(to) && isVector())
    return {*builder, vector::BitCastOp::create(*builder, cast<VectorType>(to), value)};
  return {*builder, arith::BitcastOp::create(*builder, to, value)};
}

/// `element` with the lanes of `like`.
static Type shaped(Type like, Type element) {
  auto vector = dyn_cast<VectorType>(like);
  return vector ? Type(VectorType::get(vector.getShape(), element)) : element;
}

Val Val::to(Type target) const {
  Type from = element();
  if (from == target)
    return *this;
  Type result = shaped(type(), target);
  unsigned width = target.getIntOrFloatBitWidth(), fromWidth = from.getIntOrFloatBitWidth();
  if (isFloat() && isa<FloatType>(target)) {
    // A bf16 is the upper half of an f32: spelled out, because targets without bf16
    // instructions would otherwise call a library.
    if (from.isBF16() && target.isF32()) {
      Val integer = bits(shaped(type(), builder->getI16Type())).toUnsigned(builder->getI32Type());
      return (integer << 16).bits(result);
    }
    if (width > fromWidth)
      return {*builder, arith::ExtFOp::create(*builder, result, value)};
    if (target.isBF16() && from.isF32()) {
      // To the nearest, ties to even: half of the last kept bit's weight, less where it is 0.
      Val raw = bits(shaped(type(), builder->getI32Type()));
      Val rounded = (raw + ((raw >> 16) & 1) + 0x7fff) >> 16;
      return rounded.to(builder->getI16Type()).bits(result);
    }
    return {*builder, arith::TruncFOp::create(*builder, result, value)};
  }
  if (isFloat())
    return {*builder, arith::FPToSIOp::create(*builder, result, value)};
  if (isa<FloatType>(target))
    return {*builder, arith::SIToFPOp::create(*builder, result, value)};
  if (width > fromWidth)
    return {*builder, arith::ExtSIOp::create(*builder, result, value)};
  return {*builder, arith::TruncIOp::create(*builder, result, value)};
}

Val Val::toUnsigned(Type target) const {
  return {*builder, arith::ExtUIOp::create(*builder, shaped(type(), target), value)};
}

Val Val::slice(int64_t first, int64_t count) const {
  SmallVector<int64_t> mask(count);
  std::iota(mask.begin(), mask.end(), first);
  return shuffle(*this, mask);
}

Val Val::shuffle(Val other, ArrayRef<int64_t> mask) const {
  return {*builder, vector::ShuffleOp::create(*builder, value, other.value, mask)};
}

Val Val::lane(int64_t index) const {
  return {*builder, vector::ExtractOp::create(*builder, value, index)};
}

Val Val::lane(Val index) const {
  Value place = arith::IndexCastOp::create(*builder, builder->getIndexType(), index);
  return {*builder, vector::ExtractOp::create(*builder, value, OpFoldResult(place))};
}

/// Broadcasts the scalar side of a pair with one vector.
static void match(Val &a, Val &b) {
  if (a.isVector() && !b.isVector())
    b = b.splat(a.lanes());
  else if (b.isVector() && !a.isVector())
    a = a.splat(b.lanes());
}

template <typename FloatOp, typename IntOp> static Val binary(Val a, Val b) {
  match(a, b);
  if (a.isFloat())
    return {*a.builder, FloatOp::create(*a.builder, Value(a), Value(b))};
  return {*a.builder, IntOp::create(*a.builder, Value(a), Value(b))};
}

template <typename IntOp> static Val integer(Val a, Val b) {
  match(a, b);
  return {*a.builder, IntOp::create(*a.builder, Value(a), Value(b))};
}

Val operator+(Val a, Val b) { return binary<arith::AddFOp, arith::AddIOp>(a, b); }
Val operator-(Val a, Val b) { return binary<arith::SubFOp, arith::SubIOp>(a, b); }
Val operator*(Val a, Val b) { return binary<arith::MulFOp, arith::MulIOp>(a, b); }
Val operator/(Val a, Val b) { return binary<arith::DivFOp, arith::DivSIOp>(a, b); }
Val operator%(Val a, Val b) { return integer<arith::RemSIOp>(a, b); }
Val operator&(Val a, Val b) { return integer<arith::AndIOp>(a, b); }
Val operator|(Val a, Val b) { return integer<arith::OrIOp>(a, b); }
Val operator^(Val a, Val b) { return integer<arith::XOrIOp>(a, b); }
Val operator<<(Val a, Val b) { return integer<arith::ShLIOp>(a, b); }
Val operator>>(Val a, Val b) { return integer<arith::ShRUIOp>(a, b); }

Val shiftRightSigned(Val a, int64_t bits) { return integer<arith::ShRSIOp>(a, a.like(bits)); }

Val less(Val a, Val b) {
  match(a, b);
  if (a.isFloat())
    return {*a.builder, arith::CmpFOp::create(*a.builder, arith::CmpFPredicate::OLT, a, b)};
  return {*a.builder, arith::CmpIOp::create(*a.builder, arith::CmpIPredicate::slt, a, b)};
}

Val equal(Val a, Val b) {
  match(a, b);
  if (a.isFloat())
    return {*a.builder, arith::CmpFOp::create(*a.builder, arith::CmpFPredicate::OEQ, a, b)};
  return {*a.builder, arith::CmpIOp::create(*a.builder, arith::CmpIPredicate::eq, a, b)};
}

Val select(Val condition, Val a, Val b) {
  match(a, b);
  return {*a.builder, arith::SelectOp::create(*a.builder, condition, a, b)};
}

// A compare and a select is one instruction on x86; arith.maximumf, which orders NaNs, is
// several. Where `a` is NaN the result is `b`.
Val min(Val a, Val b) {
  if (!a.isFloat())
    return integer<arith::MinSIOp>(a, b);
  return select(less(a, b), a, b);
}
Val max(Val a, Val b) {
  if (!a.isFloat())
    return integer<arith::MaxSIOp>(a, b);
  return select(less(b, a), a, b);
}

Val fma(Val a, Val b, Val c) {
  int64_t lanes = std::max({a.lanes(), b.lanes(), c.lanes()});
  if (lanes > 1) {
    a = a.splat(lanes);
    b = b.splat(lanes);
    c = c.splat(lanes);
  }
  return {*a.builder, math::FmaOp::create(*a.builder, a, b, c)};
}

Val absolute(Val a) { return {*a.builder, math::AbsFOp::create(*a.builder, Value(a))}; }
Val squareRoot(Val a) { return {*a.builder, math::SqrtOp::create(*a.builder, Value(a))}; }
Val roundEven(Val a) { return {*a.builder, math::RoundEvenOp::create(*a.builder, Value(a))}; }

static Val reduce(Val vector, Val (*combine)(Val, Val)) {
  for (int64_t half = vector.lanes() / 2; half >= 1; half /= 2)
    vector = combine(vector.slice(0, half), vector.slice(half, half));
  return vector.lane(0);
}

Val sumLanes(Val vector) {
  return reduce(vector, [](Val a, Val b) { return a + b; });
}
Val maxLanes(Val vector) {
  return reduce(vector, [](Val a, Val b) { return max(a, b); });
}

} // namespace weft::cpu
