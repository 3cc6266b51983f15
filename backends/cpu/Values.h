// Operators on MLIR values, so that kernel generators read like the loops that they generate: `acc
// = fma(weight, splat(x), acc)`.
#pragma once

#include "mlir/IR/Builders.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

#include <cstdint>
#include <functional>

namespace weft::cpu {

/// An integer or float, scalar or vector, in the code being generated. Operators emit `arith` ops
/// at the builder's insertion point. A scalar combined with a vector is broadcast, and a C++ number
/// takes the type of the other operand. Copies refer to the same MLIR value.
class Val {
public:
  Val() = default;
  Val(mlir::ImplicitLocOpBuilder &builder, mlir::Value value) : builder(&builder), value(value) {}

  operator mlir::Value() const { return value; }
  mlir::Type type() const { return value.getType(); }
  mlir::Type element() const { return mlir::getElementTypeOrSelf(value.getType()); }
  bool isFloat() const { return mlir::isa<mlir::FloatType>(element()); }
  bool isVector() const { return mlir::isa<mlir::VectorType>(type()); }
  /// Returns the number of lanes of a vector; 1 for a scalar.
  int64_t lanes() const;
  explicit operator bool() const { return static_cast<bool>(value); }

  /// Returns `number` as a constant of this value's type.
  Val like(double number) const;
  /// Broadcasts this scalar to `lanes` lanes; returns a vector of that many lanes unchanged.
  Val splat(int64_t lanes) const;
  /// Reinterprets the bits as `type`.
  Val bits(mlir::Type type) const;
  /// Converts to `element`, with the same number of lanes: float widening and narrowing, signed
  /// integer widening and truncation, signed integer to float, float to integer toward zero.
  Val to(mlir::Type element) const;
  /// Widens unsigned integers to `element`.
  Val toUnsigned(mlir::Type element) const;
  /// Returns the lanes [first, first + count).
  Val slice(int64_t first, int64_t count) const;
  /// Returns the lanes that `mask` selects: those of this vector are numbered from 0, those of
  /// `other` follow.
  Val shuffle(Val other, llvm::ArrayRef<int64_t> mask) const;
  /// Returns lane `lane` as a scalar.
  Val lane(int64_t lane) const;
  /// Returns lane `index`, an integer known only at run time and less than lanes().
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

/// Comparisons of signed integers or ordered floats.
Val less(Val a, Val b);
Val equal(Val a, Val b);
Val select(Val condition, Val a, Val b);
Val min(Val a, Val b);
Val max(Val a, Val b);
/// Returns a * b + c, rounded once.
Val fma(Val a, Val b, Val c);
Val absolute(Val a);
Val squareRoot(Val a);
/// Rounds to the nearest integer, ties to even.
Val roundEven(Val a);
/// Return the sum and the maximum of all lanes by halving, in an order that is the same for every
/// target.
Val sumLanes(Val vector);
Val maxLanes(Val vector);

} // namespace weft::cpu
