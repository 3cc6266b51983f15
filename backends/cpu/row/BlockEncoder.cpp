#include "backends/cpu/row/BlockEncoder.h"

#include "backends/Backend.h"

using namespace mlir;

namespace weft::cpu {

EncodedBlock encodeBlock(KernelBuilder &k, ArrayRef<Val> parts, Scalar scaleType) {
  Val largest = k.constant(k.floats(), 0);
  for (Val x : parts)
    largest = max(absolute(x), largest); // A NaN on the left is passed over.
  Val scale = min(maxLanes(largest) / 127.0, k.real(largestOf(scaleType)));
  scale = scale.to(k.scalarType(scaleType)).to(k.f32());
  Val divisor = select(equal(scale, scale.like(0)), scale.like(1), scale);
  EncodedBlock result{{}, scale};
  for (Val x : parts) {
    // Only a rounded scale, an infinity or a NaN leaves the range.
    Val level = min(max(x / divisor, x.like(-127)), x.like(127));
    result.codes.push_back(roundEven(level).to(k.i32()));
  }
  return result;
}

} // namespace weft::cpu
