// Arithmetic on MLIR values, written as arithmetic. Kernel generators read like the loops
// they generate: `acc = fma(weight, splat(x), acc)`.
#pragma once

#include "mlir/IR/Builders.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

#include <cstdint>
#include <functional>

namespace weft::cpu {

/// An integer or float, scalar or vector, in the code being generated. Operators emit
/// `arith` ops at the builder's insertion point; a scalar beside a vector is broadcast,
/// a C++ number takes the type of the other side. Copies name the same value.
class Val {
public:
  Val() = default;
  Val(mlir::ImplicitLocOpBuilder &builder, mlir::Value value) : builder(&builder), value(value) {}

  operator mlir::Value() const { return value; }
  mlir::Type type() const { return value.getType(); }
  mlir::Type element() const { return mlir::getElementTypeOrSelf(value.getType()); }
  bool isFloat() const { return mlir::isa<mlir::FloatType>(element()); }
  bool isVector() const { return mlir::isa<mlir::VectorType>(type()); }
  /// Lanes of a vector, 1 of a scalar.
  int64_t lanes() const;
  explicit operator bool() const { return static_cast<bool>(value); }

  /// `number` as a constant of this value's type.
  Val like(double number) const;
  /// This scalar in every lane; a vector of these lanes as it is.
  Val splat(int64_t lanes) const;
  /// The same bits as another type.
  Val bits(mlir::Type type) const;
  /// Value-preserving conversion to `element` (lanes stay): float widening and narrowing,
  /// signed integer widening and truncation, signed integer to float, float to integer
  /// toward zero.
  Val to(mlir::Type element) const;
  /// Widening of unsigned integers.
  Val toUnsigned(mlir::Type element) const;
  /// The lanes [first, first + count).
  Val slice(int64_t first, int64_t count) const;
  /// Lanes of this and `other` (numbered on) in the order of `mask`.
  Val shuffle(Val other, llvm::ArrayRef<int64_t> mask) const;
  /// Lane `lane` as a scalar.
  Val lane(int64_t lane) const;
  /// Lane `index` (an integer known when it runs), which is below lanes().
  Val lane(Val index) const;

  mlir::ImplicitLocOpBuilder *builder = nullptr;

private:
  mlir::Value value;
};

Val operator+(Val a, Val b);
Val operator-(Val a, Val b);
Val operator*(Val a, Val b);
/// Float division, or signed integer division toward zero.
Val operator/(Val a, Val b);
/// Signed remainder.
Val operator%(Val a, Val b);
Val operator&(Val a, Val b);
Val operator|(Val a, Val b);
Val operator^(Val a, Val b);
Val operator<<(Val a, Val b);
/// Logical shift right.
Val operator>>(Val a, Val b);
Val shiftRightSigned(Val a, int64_t bits);
inline Val operator+(Val a, double b) { return a + a.like(b); }
inline Val operator-(Val a, double b) { return a - a.like(b); }
inline Val operator*(Val a, double b) { return a * a.like(b); }
inline Val operator/(Val a, double b) { return a / a.like(b); }
inline Val operator%(Val a, double b) { return a % a.like(b); }
inline Val operator&(Val a, double b) { return a & a.like(b); }
inline Val operator|(Val a, double b) { return a | a.like(b); }
inline Val operator^(Val a, double b) { return a ^ a.like(b); }
inline Val operator<<(Val a, double b) { return a << a.like(b); }
inline Val operator>>(Val a, double b) { return a >> a.like(b); }

/// Signed integer or ordered float comparisons.
Val less(Val a, Val b);
Val equal(Val a, Val b);
Val select(Val condition, Val a, Val b);
Val min(Val a, Val b);
Val max(Val a, Val b);
/// a * b + c, rounded once.
Val fma(Val a, Val b, Val c);
Val absolute(Val a);
Val squareRoot(Val a);
/// To the nearest integer, ties to even.
Val roundEven(Val a);
/// Sum and maximum over the lanes, by halving: a fixed order, whatever the target.
Val sumLanes(Val vector);
Val maxLanes(Val vector);

} // namespace weft::cpu
