// SHA-256 (FIPS 180-4) by OpenSSL, which uses the processor's SHA instructions if it has them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace weft::sign {

using Sha256Digest = std::array<uint8_t, 32>;

/// Computes the digest of bytes that are given in pieces, in order. Not thread-safe.
class Sha256 {
public:
  Sha256();
  Sha256(Sha256 &&) noexcept;
  Sha256 &operator=(Sha256 &&) noexcept;
  ~Sha256();

  /// Adds `bytes` to the digest.
  void update(std::span<const std::byte> bytes);
  /// Returns the digest of all bytes since construction or the last finish(), and starts over.
  Sha256Digest finish();

private:
  struct Context;
  std::unique_ptr<Context> context;
};

/// Returns the digest of `bytes`.
Sha256Digest sha256(std::span<const std::byte> bytes);

} // namespace weft::sign
