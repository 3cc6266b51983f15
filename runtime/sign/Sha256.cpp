#include "runtime/sign/Sha256.h"

#include <new>
#include <openssl/evp.h>

namespace weft::sign {

struct Sha256::Context {
  Context() : state(EVP_MD_CTX_new()) {
    if (!state)
      throw std::bad_alloc();
    begin();
  }
  Context(const Context &) = delete;
  Context &operator=(const Context &) = delete;
  ~Context() { EVP_MD_CTX_free(state); }

  void begin() { EVP_DigestInit_ex(state, EVP_sha256(), nullptr); }

  EVP_MD_CTX *state;
};

Sha256::Sha256() : context(std::make_unique<Context>()) {}
Sha256::Sha256(Sha256 &&) noexcept = default;
Sha256 &Sha256::operator=(Sha256 &&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::span<const std::byte> bytes) {
  EVP_DigestUpdate(context->state, bytes.data(), bytes.size());
}

Sha256Digest Sha256::finish() {
  Sha256Digest digest;
  EVP_DigestFinal_ex(context->state, digest.data(), nullptr);
  context->begin();
  return digest;
}

Sha256Digest sha256(std::span<const std::byte> bytes) {
  Sha256 hasher;
  hasher.update(bytes);
  return hasher.finish();
}

} // namespace weft::sign
