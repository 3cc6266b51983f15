#include "runtime/constrain/grammar/TokenBytes.h"

namespace weft::constrain {

void tokenSequences(int32_t low, int32_t high,
                    const std::function<void(std::span<const ByteRange>)> &emit) {
  if (low > high)
    return;
  // Cut until the last bytes run through all their values wherever the first ones differ.
  for (int bits : {8, 16}) {
    const int32_t tail = (1 << bits) - 1;
    if ((low & ~tail) == (high & ~tail))
      continue;
    if (low & tail) {
      tokenSequences(low, low | tail, emit);
      return tokenSequences((low | tail) + 1, high, emit);
    }
    if ((high & tail) != tail) {
      tokenSequences(low, (high & ~tail) - 1, emit);
      return tokenSequences(high & ~tail, high, emit);
    }
  }
  ByteRange bytes[3];
  for (int i = 0; i < 3; ++i)
    bytes[i] = {uint8_t(low >> (16 - 8 * i)), uint8_t(high >> (16 - 8 * i))};
  emit(bytes);
}

} // namespace weft::constrain
