// Random numbers that are the same on every machine.
#pragma once

#include <cstdint>

namespace weft {

/// Counter-based: draw i of a seed depends on the seed and on i only, so a generator can be
/// put back to any draw. The mixer is SplitMix64's (Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", 2014), once over the seed and once over each draw.
class Random {
public:
  explicit Random(uint64_t seed, uint64_t draw = 0) : key(mix(seed + golden)), drawn(draw) {}

  uint64_t next() { return mix(key + golden * ++drawn); }
  /// Uniform in [0, 1), a multiple of 2^-53.
  double uniform() { return double(next() >> 11) * 0x1p-53; }
  /// One draw of as many numbers as wanted: the one of an index depends on seed, draw and index
  /// only.
  class Each {
  public:
    /// Uniform in (0, 1), an odd multiple of 2^-53.
    double operator[](uint64_t index) const {
      return (double(mix(key + golden * index) >> 12) + 0.5) * 0x1p-52;
    }

  private:
    friend class Random;
    explicit Each(uint64_t key) : key(key) {}
    uint64_t key;
  };
  Each each() { return Each(next()); }
  /// Draws made so far.
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
