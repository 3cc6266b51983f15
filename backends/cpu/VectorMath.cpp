#include "backends/cpu/VectorMath.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

namespace weft::cpu {

/// c0 + x (c1 + x (c2 + ...)).
static Val polynomial(Val x, ArrayRef<double> coefficients) {
  Val result = x.like(coefficients.back());
  for (double c : reverse(coefficients.drop_back()))
    result = fma(result, x, x.like(c));
  return result;
}

Val exponential(Val x) {
  // x = n ln 2 + r with |r| <= ln 2 / 2; ln 2 in two parts keeps r exact (Cody and Waite
  // 1980, chapter 6). e^r by its Taylor series, whose eighth term is below 2^-26.
  Val clamped = max(min(x, x.like(88.8)), x.like(-104.0));
  Val n = roundEven(clamped * 1.4426950408889634);
  Val r = fma(n, x.like(-0.693359375), clamped);
  r = fma(n, x.like(2.12194440054690583e-4), r);
  Val power =
      polynomial(r, {1.0, 1.0, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040});
  // 2^n as the product of two halves, so that n = 128 and n < -126 need no special case.
  Type i32 = x.builder->getI32Type();
  Val integer = n.to(i32);
  // An arithmetic shift, by way of a bias that makes the number positive.
  Val half = ((integer + 512) >> 1) - 256;
  Val rest = integer - half;
  Val first = ((half + 127) << 23).bits(x.type()), second = ((rest + 127) << 23).bits(x.type());
  Val result = power * first * second;
  // A NaN fails both comparisons of the clamp; give it back.
  return select(equal(x, x), result, x);
}

Val silu(Val x) { return x / (exponential(x.like(0) - x) + 1.0); }

Val gelu(Val x) {
  // 0.5 (1 + tanh(u)) = 1 / (1 + e^(-2u)).
  Val u = x * fma(x * x, x.like(0.7978845608028654 * 0.044715), x.like(0.7978845608028654));
  return x / (exponential(u * -2.0) + 1.0);
}

std::pair<Val, Val> cosineAndSine(Val angle) {
  // angle = k pi/2 + r with |r| <= pi/4, pi/2 in two parts; Taylor series for r.
  Val k = roundEven(angle * 0.63661977236758134308);
  Val r = fma(k, angle.like(-1.57079632679489655800), angle);
  r = fma(k, angle.like(-6.12323399573676603587e-17), r);
  Val r2 = r * r;
  Val cosine = polynomial(
      r2, {1.0, -1.0 / 2, 1.0 / 24, -1.0 / 720, 1.0 / 40320, -1.0 / 3628800, 1.0 / 479001600});
  Val sine = r * polynomial(r2, {1.0, -1.0 / 6, 1.0 / 120, -1.0 / 5040, 1.0 / 362880,
                                 -1.0 / 39916800, 1.0 / 6227020800.0});
  // Quadrant k mod 4: odd ones swap the two, and two bits of k give the signs.
  Val quadrant = k.to(angle.builder->getI64Type());
  Val zero = quadrant.like(0);
  Val odd = equal(quadrant & 1, quadrant.like(1));
  Val c = select(odd, sine, cosine), s = select(odd, cosine, sine);
  Val minus = angle.like(0);
  c = select(equal((quadrant + 1) & 2, zero), c, minus - c);
  s = select(equal(quadrant & 2, zero), s, minus - s);
  return {c, s};
}

} // namespace weft::cpu
