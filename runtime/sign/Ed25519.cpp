#include "runtime/sign/Ed25519.h"

#include "runtime/base/MappedFile.h"
#include "runtime/base/Quotes.h"
#include "runtime/sign/Sha256.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace weft::sign {

struct Key::Handle {
  explicit Handle(EVP_PKEY *key) : key(key) {}
  Handle(const Handle &) = delete;
  Handle &operator=(const Handle &) = delete;
  ~Handle() { EVP_PKEY_free(key); }

  EVP_PKEY *key;
};

namespace {

struct FreeBio {
  void operator()(BIO *bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

struct FreeContext {
  void operator()(EVP_MD_CTX *context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

/// A passphrase is never asked for: the programs that read keys run unattended.
int noPassphrase(char *, int, int, void *) { return 0; }

std::string textOf(BIO *bio) {
  char *data = nullptr;
  const long bytes = BIO_get_mem_data(bio, &data);
  return std::string(data, size_t(bytes));
}

const unsigned char *raw(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char *>(bytes.data());
}

} // namespace

Key::Key(std::unique_ptr<Handle> handle) : handle(std::move(handle)) {}
Key::Key(Key &&) noexcept = default;
Key &Key::operator=(Key &&) noexcept = default;
Key::~Key() = default;

Result<Key> Key::readPrivate(const std::string &path) { return read(path, true); }
Result<Key> Key::readPublic(const std::string &path) { return read(path, false); }

Result<Key> Key::read(const std::string &path, bool isPrivate) {
  constexpr size_t largest = 64 << 10;
  auto file = MappedFile::open(path);
  if (!file)
    return failFrom(file);
  const std::string expected = inQuotes(path) + ": expected an Ed25519 " +
                               (isPrivate ? "private" : "public") + " key as a PEM file (BEGIN " +
                               (isPrivate ? "PRIVATE" : "PUBLIC") + " KEY), found ";
  if (file->bytes().size() > largest)
    return fail(expected + std::to_string(file->bytes().size()) + " bytes");
  Bio bio(BIO_new_mem_buf(file->bytes().data(), int(file->bytes().size())));
  EVP_PKEY *key = !bio        ? nullptr
                  : isPrivate ? PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassphrase, nullptr)
                              : PEM_read_bio_PUBKEY(bio.get(), nullptr, noPassphrase, nullptr);
  ERR_clear_error();
  if (!key)
    return fail(expected + "something else");
  auto handle = std::make_unique<Handle>(key);
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519)
    return fail(expected + "a key of another algorithm");
  return Key(std::move(handle));
}

Result<Key> Key::generate() {
  EVP_PKEY *key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  if (!key)
    return fail("no key could be made: the system gives no random numbers");
  return Key(std::make_unique<Handle>(key));
}

std::string Key::privatePem() const {
  Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), handle->key, nullptr, nullptr, 0, nullptr, nullptr);
  return textOf(bio.get());
}

std::string Key::publicPem() const {
  Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(bio.get(), handle->key);
  return textOf(bio.get());
}

PublicKeyBytes Key::publicBytes() const {
  PublicKeyBytes bytes = {};
  size_t size = bytes.size();
  EVP_PKEY_get_raw_public_key(handle->key, bytes.data(), &size);
  return bytes;
}

std::string Key::id() const {
  constexpr char digits[] = "0123456789abcdef";
  const PublicKeyBytes key = publicBytes();
  const Sha256Digest digest = sha256(std::as_bytes(std::span(key)));
  std::string text;
  for (size_t i = 0; i < 8; ++i)
    text.append({digits[digest[i] >> 4], digits[digest[i] & 15]});
  return text;
}

Signature Key::sign(std::span<const std::byte> message) const {
  Signature signature = {};
  size_t size = signature.size();
  Context context(EVP_MD_CTX_new());
  EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, handle->key);
  EVP_DigestSign(context.get(), signature.data(), &size, raw(message), message.size());
  return signature;
}

bool Key::verify(std::span<const std::byte> message, const Signature &signature) const {
  Context context(EVP_MD_CTX_new());
  const bool right =
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, handle->key) == 1 &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), raw(message),
                       message.size()) == 1;
  ERR_clear_error();
  return right;
}

} // namespace weft::sign
