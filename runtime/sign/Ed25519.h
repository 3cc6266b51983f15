// Ed25519 signatures (RFC 8032) with keys in PEM files, as `openssl genpkey -algorithm ed25519`
// writes them.
#pragma once

#include "runtime/base/Error.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace weft::sign {

using Signature = std::array<uint8_t, 64>;
using PublicKeyBytes = std::array<uint8_t, 32>;

/// A private or a public key. Immutable; may be used from any thread.
class Key {
public:
  /// Reads a private key (PKCS #8, "BEGIN PRIVATE KEY", without a passphrase). Errors name the file
  /// and what was found: no PEM file, a key of another algorithm, a public key.
  static Result<Key> readPrivate(const std::string &path);
  /// Reads a public key ("BEGIN PUBLIC KEY"). Errors: as for readPrivate(), with a private key in
  /// place of a public one.
  static Result<Key> readPublic(const std::string &path);
  /// Makes a new private key from the system's random number generator.
  static Result<Key> generate();

  Key(Key &&) noexcept;
  Key &operator=(Key &&) noexcept;
  ~Key();

  /// Returns the private key as the text of a PEM file. The key must be private.
  std::string privatePem() const;
  /// Returns the public key as the text of a PEM file.
  std::string publicPem() const;
  PublicKeyBytes publicBytes() const;
  /// Returns the first 16 hexadecimal digits of the SHA-256 of the public key: enough for a person
  /// to tell keys apart.
  std::string id() const;

  /// Signs `message`. The key must be private.
  Signature sign(std::span<const std::byte> message) const;
  /// Says whether `signature` is a signature of `message` by this key.
  bool verify(std::span<const std::byte> message, const Signature &signature) const;

private:
  struct Handle;
  explicit Key(std::unique_ptr<Handle> handle);
  static Result<Key> read(const std::string &path, bool isPrivate);
  std::unique_ptr<Handle> handle;
};

} // namespace weft::sign
