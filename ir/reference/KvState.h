// The memory of a `weft.state` of type `!weft.kv`.
#pragma once

#include "ir/storage/Storage.h"

#include <algorithm>
#include <vector>

namespace weft {

/// Keys and values of all sequences and positions as f32, rounded to the state's storage; zero
/// where nothing was appended.
class KvState {
public:
  KvState(int64_t heads, int64_t headDim, const Storage &storage, int64_t sequences,
          int64_t context)
      : heads(heads), headDim(headDim), sequences(sequences), context(context), storage(storage),
        keys(size_t(sequences * context * heads * headDim), 0.0f), values(keys) {}

  const int64_t heads, headDim, sequences, context;
  /// The storage of each key and each value.
  const Storage storage;

  /// Return the keys and the values of a position: heads * headDim elements.
  float *keysAt(int64_t sequence, int64_t position) { return &keys[at(sequence, position)]; }
  float *valuesAt(int64_t sequence, int64_t position) { return &values[at(sequence, position)]; }
  const float *keysAt(int64_t sequence, int64_t position) const {
    return &keys[at(sequence, position)];
  }
  const float *valuesAt(int64_t sequence, int64_t position) const {
    return &values[at(sequence, position)];
  }

  void clear() {
    std::fill(keys.begin(), keys.end(), 0.0f);
    std::fill(values.begin(), values.end(), 0.0f);
  }

  /// Counts the changes in this call. Each value of the state belongs to one version.
  unsigned version = 0;

private:
  size_t at(int64_t sequence, int64_t position) const {
    return size_t((sequence * context + position) * heads * headDim);
  }

  std::vector<float> keys, values;
};

} // namespace weft
