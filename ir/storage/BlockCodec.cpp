#include "ir/storage/BlockCodec.h"

#include "ir/storage/ScalarConversion.h"

#include <algorithm>
#include <cmath>
#include <cstring>

// The same input gives the same bytes on every machine: no fused multiplications.
#pragma STDC FP_CONTRACT OFF

namespace weft {

namespace {

/// What levels count.
constexpr float unit = 1.0f / 128;

/// Vectors of a fixed width, so that sums have one order on every machine.
constexpr size_t lanes = 8;
typedef float Floats __attribute__((vector_size(lanes * sizeof(float))));
typedef int16_t Shorts __attribute__((vector_size(lanes * sizeof(int16_t))));

/// Nearest whole number, ties to even, for |x| < 2^22. Unlike std::rint it is two
/// additions on any machine.
constexpr float magic = 0x1.8p23f;

/// x as a level of the range; NaN is the lowest.
inline Floats levelsOf(Floats x, float low, float high) {
  x = x > low ? x : Floats{} + low;
  x = x < high ? x : Floats{} + high;
  return (x + magic) - magic;
}

inline float sumOf(Floats x) {
  return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
}

inline Floats load(const float *from) {
  Floats result;
  std::memcpy(&result, from, sizeof(result));
  return result;
}

/// Where the value of the largest magnitude may go, relative to the far end of the range.
/// Beyond 1 it is clipped; negative ones use the near end. On Gaussian blocks of 32 these
/// six reach an error of 0.0811, against 0.0858 of GGUF's scale and 0.0807 of a fine sweep.
constexpr float reaches[] = {1.1f, 1.03f, 0.97f, 0.9f, -0.94f, -0.86f};

/// The same for levels, relative to each end. With `normalLevels` these reach 0.073 on
/// Gaussian blocks of 32 and 0.081 on blocks of 64; a fine sweep 0.0726 and 0.0802.
constexpr float levelReaches[] = {0.82f, 0.94f, 1.06f};

/// With scales of 8 bits those within two steps of this one are all there is to try: an error
/// of 0.076 on blocks of 32, as from all 20 that could be of use.
constexpr float middleReach = 0.94f;

} // namespace

BlockCodec::BlockCodec(const Storage &storage)
    : bits(storage.bits), block(storage.block), bias(storage.bias), scaleType(storage.scalar),
      low(-bias), high((1 << bits) - 1 - bias),
      padded((size_t(block) + lanes - 1) / lanes * lanes, 0.0f), plainLevels(padded.size()),
      searchedLevels(padded.size()) {
  if (bias == 0) {
    high = (1 << (bits - 1)) - 1;
    low = bits == 8 ? -high : -high - 1;
  }
  if (!storage.hasLevels())
    return;
  for (int level : storage.levels)
    levels.push_back(level * unit);
  low = storage.levels.front();
  high = storage.levels.back();
  for (int x = -128; x <= 127; ++x) {
    auto closer = [&](float a, float b) {
      return std::fabs(a - x * unit) < std::fabs(b - x * unit);
    };
    nearest.push_back(std::ranges::min_element(levels, closer) - levels.begin());
  }
}

/// The value of the largest magnitude, with its sign.
static float largestOf(const std::vector<float> &values) {
  Floats highest{}, lowest{};
  for (size_t i = 0; i < values.size(); i += lanes) {
    Floats x = load(&values[i]);
    highest = x > highest ? x : highest;
    lowest = x < lowest ? x : lowest;
  }
  float above = 0, below = 0;
  for (size_t lane = 0; lane < lanes; ++lane) {
    above = std::max(above, highest[lane]);
    below = std::min(below, lowest[lane]);
  }
  return above > -below ? above : below;
}

float BlockCodec::plainScale(float largest) const {
  if (bits == 8) {
    int reach = std::min(-low, high);
    return std::fabs(largest) / float(reach > 0 ? reach : std::max(-low, high));
  }
  return largest / (float(-low >= high ? low : high) * (levels.empty() ? 1 : unit));
}

float BlockCodec::searchedScale(float largest) const {
  if (!levels.empty())
    return searchedScaleOfLevels(largest);
  float far = float(-low >= high ? low : high);
  float bestScore = 0, bestScale = 0;
  for (float reach : reaches) {
    float inverse = far * reach / largest;
    Floats products{}, squares{};
    for (size_t i = 0; i < padded.size(); i += lanes) {
      Floats x = load(&padded[i]);
      Floats level = levelsOf(x * inverse, float(low), float(high));
      products += x * level;
      squares += level * level;
    }
    // With the least-squares scale of these levels, the error is sum x^2 - score.
    float product = sumOf(products), square = sumOf(squares);
    float score = product * product / square;
    if (score > bestScore) {
      bestScore = score;
      bestScale = product / square;
    }
  }
  return bestScale;
}

int BlockCodec::nearestCode(float x) const {
  // Not whole numbers half-way between two levels may go the longer way, by less than 1.
  x /= unit;
  float whole = (x > -128 ? x < 127 ? x : 127.0f : -128.0f) + magic - magic;
  return nearest[int(whole) + 128];
}

BlockCodec::Fit BlockCodec::fitLevels(float inverse) const {
  Floats products{}, squares{};
  for (size_t i = 0; i < padded.size(); i += lanes)
    for (size_t lane = 0; lane < lanes; ++lane) {
      float x = padded[i + lane], level = levels[nearestCode(x * inverse)];
      products[lane] += x * level;
      squares[lane] += level * level;
    }
  float product = sumOf(products), square = sumOf(squares);
  // With the least-squares scale of these levels, the error is sum x^2 - score.
  return square > 0 ? Fit{product * product / square, product / square} : Fit{};
}

float BlockCodec::searchedScaleOfLevels(float largest) const {
  Fit best;
  auto consider = [&](float inverse) {
    if (Fit fit = fitLevels(inverse); fit.score > best.score)
      best = fit;
  };
  for (float far : {levels.front(), levels.back()})
    for (float reach : levelReaches)
      consider(far * reach / largest);
  // The codes of the best scale may have a better one still.
  for (int again = 0; again < 2 && best.scale != 0; ++again)
    consider(1 / best.scale);
  return best.scale;
}

float BlockCodec::quantizeToLevels(float scale, std::vector<int16_t> &codes) const {
  if (scale == 0) {
    std::ranges::fill(codes, int16_t(nearestCode(0)));
    return INFINITY;
  }
  Floats errors{};
  float inverse = 1 / scale;
  for (size_t i = 0; i < padded.size(); i += lanes)
    for (size_t lane = 0; lane < lanes; ++lane) {
      float x = padded[i + lane];
      int code = nearestCode(x * inverse);
      float error = x - levels[code] * scale;
      errors[lane] += error * error;
      codes[i + lane] = int16_t(code);
    }
  return sumOf(errors);
}

float BlockCodec::quantize(float scale, std::vector<int16_t> &chosen) const {
  if (!levels.empty())
    return quantizeToLevels(scale, chosen);
  if (scale == 0) {
    std::fill(chosen.begin(), chosen.end(), int16_t(0));
    return INFINITY;
  }
  Floats errors{};
  for (size_t i = 0; i < padded.size(); i += lanes) {
    Floats x = load(&padded[i]);
    Floats level = levelsOf(x / scale, float(low), float(high));
    Floats error = x - level * scale;
    errors += error * error;
    Shorts codes = __builtin_convertvector(level, Shorts);
    std::memcpy(&chosen[i], &codes, sizeof(codes));
  }
  return sumOf(errors);
}

float BlockCodec::encodeWithFewScales(float largest) {
  // The levels reach to almost 1 on one side.
  held = held && std::fabs(largest) <= largestOf(scaleType);
  float best = 0, error = quantize(0, plainLevels);
  if (largest == 0)
    return 0;
  for (float far : {levels.front(), levels.back()}) {
    uint8_t middle = f8FromF32(largest / (far * middleReach)), sign = middle & 0x80;
    int first = std::max(1, (middle & 0x7f) - 2), last = std::min(0x7f, (middle & 0x7f) + 2);
    for (int magnitude = first; magnitude <= last; ++magnitude) {
      float candidate = f32FromF8(static_cast<uint8_t>(magnitude | sign));
      if (float found = quantize(candidate, searchedLevels); found < error) {
        error = found;
        best = candidate;
        std::swap(plainLevels, searchedLevels);
      }
    }
  }
  return best;
}

void BlockCodec::store(const std::vector<int16_t> &chosen, uint8_t *codes) const {
  if (bits == 8) {
    for (size_t i = 0; i < block; ++i)
      codes[i] = static_cast<uint8_t>(chosen[i] + bias);
    return;
  }
  size_t half = block / 2;
  for (size_t i = 0; i < half; ++i)
    codes[i] =
        static_cast<uint8_t>(((chosen[i] + bias) & 15) | ((chosen[i + half] + bias) & 15) << 4);
}

float BlockCodec::encode(const float *values, size_t count, uint8_t *codes) {
  std::memcpy(padded.data(), values, count * sizeof(float));
  std::fill(padded.begin() + count, padded.end(), 0.0f);
  float most = largestOf(scaleType);
  auto rounded = [&](float scale) {
    held = held && std::fabs(scale) <= most;
    return std::clamp(roundTo(scaleType, scale), -most, most);
  };
  float largest = largestOf(padded);
  if (scaleType == Scalar::F8) {
    float scale = encodeWithFewScales(largest);
    store(plainLevels, codes);
    return scale;
  }
  float scale = rounded(plainScale(largest));
  float error = quantize(scale, plainLevels);
  if (bits == 8 || largest == 0) {
    store(plainLevels, codes);
    return scale;
  }
  float searched = rounded(searchedScale(largest));
  if (quantize(searched, searchedLevels) < error) {
    store(searchedLevels, codes);
    return searched;
  }
  store(plainLevels, codes);
  return scale;
}

void BlockCodec::decode(const uint8_t *codes, float scale, size_t count, float *values) const {
  if (bits == 8) {
    if (bias == 0) {
      for (size_t i = 0; i < count; ++i)
        values[i] = scale * float(int8_t(codes[i]));
    } else {
      for (size_t i = 0; i < count; ++i)
        values[i] = scale * float(int(codes[i]) - bias);
    }
    return;
  }
  if (!levels.empty()) {
    for (size_t i = 0; i < count; ++i)
      values[i] = scale * levels[i < block / 2 ? codes[i] & 15 : codes[i - block / 2] >> 4];
    return;
  }
  // Two's complement of four bits is what is left of subtracting 8 after flipping bit 3.
  int flip = bias == 0 ? 8 : 0, subtract = bias == 0 ? 8 : bias;
  size_t half = block / 2, first = std::min(count, half);
  for (size_t i = 0; i < first; ++i)
    values[i] = scale * float(((codes[i] & 15) ^ flip) - subtract);
  for (size_t i = half; i < count; ++i)
    values[i] = scale * float(((codes[i - half] >> 4) ^ flip) - subtract);
}

int32_t BlockCodec::sumOfCodes(const uint8_t *codes) const {
  int32_t sum = 0;
  for (size_t i = 0; i < codeBytes(); ++i) {
    if (bits == 4)
      sum += bias == 0 ? ((codes[i] & 15) ^ 8) - 8 + ((codes[i] >> 4) ^ 8) - 8
                       : (codes[i] & 15) + (codes[i] >> 4);
    else
      sum += bias == 0 ? int(int8_t(codes[i])) : int(codes[i]);
  }
  return sum;
}

} // namespace weft
