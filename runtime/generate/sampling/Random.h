// Random numbers that are the same on every machine.
#pragma once

#include <cstdint>

namespace weft {

/// A counter-based generator: draw i depends only on the seed and i, so that a generator can be set
/// to any draw. The mixer is SplitMix64's (Steele, Lea and Flood, "Fast splittable pseudorandom
/// number generators", 2014), applied once to the seed and once to each draw.
class Random {
public:
  explicit Random(uint64_t seed, uint64_t draw = 0) : key(mix(seed + golden)), drawn(draw) {}

  /// Returns the next draw, 64 uniform bits.
  uint64_t next() { return mix(key + golden * ++drawn); }
  /// Returns a uniform number in [0, 1), a multiple of 2^-53.
  double uniform() { return double(next() >> 11) * 0x1p-53; }
  /// One draw that gives any number of random numbers: the number at an index depends only on seed,
  /// draw and index.
  class Each {
  public:
    /// Returns a uniform number in (0, 1), an odd multiple of 2^-53.
    double operator[](uint64_t index) const {
      return (double(mix(key + golden * index) >> 12) + 0.5) * 0x1p-52;
    }

  private:
    friend class Random;
    explicit Each(uint64_t key) : key(key) {}
    uint64_t key;
  };
  Each each() { return Each(next()); }
  /// Returns the number of draws made so far.
  uint64_t draws() const { return drawn; }

private:
  static constexpr uint64_t golden = 0x9e3779b97f4a7c15u;
  static constexpr uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  uint64_t key;
  uint64_t drawn;
};

} // namespace weft
