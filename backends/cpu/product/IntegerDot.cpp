#include "backends/cpu/product/IntegerDot.h"

using namespace mlir;

namespace weft::cpu {

// On targets that multiply unsigned by signed, codes are made unsigned: 8-bit codes by
// adding 128 (flipping the sign bit), 4-bit ones by leaving them in the upper half of the
// byte, that is times 16. Bias 8 then becomes 128 too, and both start from -128 * sum. A
// table of levels has the 128 added already.

Val IntegerDotProduct::sumStart(Val storedSum) {
  int64_t bias = weights.bias; // Of the form in which codes are multiplied.
  if (k.target.wantsUnsignedWeights())
    bias = isSigned() ? 128 : weights.bits == 4 ? weights.bias * 16 : weights.bias;
  if (bias == 0)
    return storedSum.like(0);
  if (bias == 128)
    return storedSum;
  if (bias < 128 && llvm::isPowerOf2_64(bias))
    return shiftRightSigned(storedSum, 7 - llvm::Log2_64(bias));
  return shiftRightSigned(storedSum, 7) * double(bias);
}

double IntegerDotProduct::resultScale() const {
  double unit = k.unitOf(weights.scalar);
  if (weights.hasLevels())
    return unit / 128;
  return k.target.wantsUnsignedWeights() && weights.bits == 4 && !isSigned() ? unit / 16 : unit;
}

Val IntegerDotProduct::levelsOf(Val codes) {
  SmallVector<int8_t> table;
  for (int64_t i = 0; i < codes.lanes(); ++i) // Four times the same in 64 bytes.
    table.push_back(weights.levels[i % 16] ^ (k.target.wantsUnsignedWeights() ? 0x80 : 0));
  Val levels = k.constants(table);
  if (k.target.permutesBytes)
    return k.intrinsic("llvm.x86.avx512.permvar.qi.512", codes.type(), {levels, codes});
  if (k.target.dot == IntegerDot::Neon)
    return k.intrinsic("llvm.aarch64.neon.tbl1.v16i8", codes.type(), {levels, codes});
  return k.intrinsic(codes.lanes() == 64 ? "llvm.x86.avx512.pshuf.b.512" : "llvm.x86.avx2.pshuf.b",
                     codes.type(), {levels, codes});
}

Val IntegerDotProduct::upperHalves(Val raw) {
  if (k.target.dot == IntegerDot::Neon)
    return raw >> 4;
  // x86 shifts no bytes: as 16-bit lanes, and the mask clears what crosses.
  auto words = k.vectorOf(raw.lanes() / 2, k.builder.getI16Type());
  return (raw.bits(words) >> 4).bits(raw.type()) & 0x0f;
}

SmallVector<Val> IntegerDotProduct::unpackBytes(Val raw) {
  if (weights.bits == 8) {
    if (k.target.wantsUnsignedWeights() && weights.bias == 0)
      return {raw ^ 0x80};
    return {raw};
  }
  if (weights.hasLevels()) {
    // vpermb looks at six bits: the table repeats, so that the two upper ones do not matter.
    if (k.target.permutesBytes) {
      auto words = k.vectorOf(raw.lanes() / 2, k.builder.getI16Type());
      return {levelsOf(raw), levelsOf((raw.bits(words) >> 4).bits(raw.type()))};
    }
    return {levelsOf(raw & 0x0f), levelsOf(upperHalves(raw))};
  }
  if (k.target.wantsUnsignedWeights()) {
    auto words = k.vectorOf(raw.lanes() / 2, k.builder.getI16Type());
    return {(raw.bits(words) << 4).bits(raw.type()) & 0xf0, raw & 0xf0};
  }
  return {raw & 0x0f, upperHalves(raw)};
}

SmallVector<Val> IntegerDotProduct::unpackSixBits(Val raw, Val upper, int64_t pair) {
  // As 16-bit lanes, as above. A pair goes to the bits 4 and 5.
  auto words = k.vectorOf(raw.lanes() / 2, k.builder.getI16Type());
  Val first = (upper.bits(words) << double(4 - 2 * pair)).bits(raw.type());
  Val second = pair ? (upper.bits(words) >> 2).bits(raw.type()) : upper;
  return {(raw & 0x0f) | (first & 0x30), upperHalves(raw) | (second & 0x30)};
}

SmallVector<IntegerDotProduct::Quad> IntegerDotProduct::unpack(int64_t step,
                                                               function_ref<Val(int64_t)> load) {
  SmallVector<Quad> quads;
  auto add = [&](ArrayRef<Val> vectors) {
    for (auto [half, codes] : llvm::enumerate(vectors))
      quads.push_back({codes, 4 * step + int64_t(half) * weights.block / 2});
  };
  if (weights.bits == 6) {
    int64_t quarter = weights.block / 4;
    add(unpackSixBits(load(4 * step), load(weights.block / 2 + 4 * step % quarter),
                      4 * step / quarter));
  } else {
    add(unpackBytes(load(4 * step)));
  }
  return quads;
}

Val IntegerDotProduct::quadOf(Val base, Val offset, int64_t element) {
  constexpr int64_t together = 16;
  if (k.target.dot != IntegerDot::Neon || weights.block % together != 0)
    return k.load(k.i32(), base, offset + double(element));
  // sdot takes a lane of a vector for all of its lanes: one load for four quads.
  Val quads = k.load(k.vectorOf(4, k.i32()), base, offset + double(element / together * together));
  return quads.shuffle(quads, SmallVector<int64_t>(k.lanes(), element % together / 4));
}

Val IntegerDotProduct::accumulate(Val sum, Val codes, Val quad) {
  int64_t lanes = k.lanes();
  auto bytes = k.vectorOf(4 * lanes, k.i8());
  Val inputs = quad.splat(lanes).bits(bytes);
  switch (k.target.dot) {
  case IntegerDot::Vnni:
    return k.intrinsic("llvm.x86.avx512.vpdpbusd.512", sum.type(), {sum, codes, inputs});
  case IntegerDot::AvxVnni:
    return k.intrinsic("llvm.x86.avx512.vpdpbusd.256", sum.type(), {sum, codes, inputs});
  case IntegerDot::Neon:
    return k.intrinsic("llvm.aarch64.neon.sdot.v4i32.v16i8", sum.type(), {sum, codes, inputs});
  case IntegerDot::Avx2:
    break;
  }
  // vpmaddubsw saturates pairs at 16 bits: magnitudes of at most 128 against 127 stay
  // below that, so the sign goes from the weight to the activation.
  bool wide = lanes == 16;
  auto words = k.vectorOf(2 * lanes, k.builder.getI16Type());
  if (isSigned()) {
    Val zero = codes.like(0);
    Val negative = less(codes, zero);
    inputs = select(negative, zero - inputs, inputs);
    codes = select(negative, zero - codes, codes);
  }
  Val pairs = k.intrinsic(wide ? "llvm.x86.avx512.pmaddubs.w.512" : "llvm.x86.avx2.pmadd.ub.sw",
                          words, {codes, inputs});
  Val fours = k.intrinsic(wide ? "llvm.x86.avx512.pmaddw.d.512" : "llvm.x86.avx2.pmadd.wd",
                          sum.type(), {pairs, pairs.like(1)});
  return sum + fours;
}

} // namespace weft::cpu
