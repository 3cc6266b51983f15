// Digests and signatures against published vectors; keys that are none.
#include "runtime/sign/Ed25519.h"
#include "runtime/base/Base64.h"
#include "runtime/base/NewFile.h"
#include "runtime/sign/Sha256.h"
#include "tests/Shared.h"

#include <gmock/gmock.h>

namespace weft::sign {
namespace {

using testing::HasSubstr;

std::span<const std::byte> bytesOf(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string unhex(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += char(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

template <typename Bytes> std::string hex(const Bytes &bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (unsigned char byte : bytes)
    text.append({digits[byte >> 4], digits[byte & 15]});
  return text;
}

// FIPS 180-4, the examples of one and of two blocks.
TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(hex(sha256(bytesOf("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256(bytesOf("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, IsTheSameInPiecesAndBeginsAnew) {
  Sha256 hasher;
  for (int turn = 0; turn < 2; ++turn) {
    hasher.update(bytesOf("a"));
    hasher.update(bytesOf(""));
    hasher.update(bytesOf("bc"));
    EXPECT_EQ(hasher.finish(), sha256(bytesOf("abc")));
  }
}

/// A private key of RFC 8032 as the PEM file of RFC 8410.
std::string pemOf(std::string_view secret) {
  const std::string der = unhex("302e020100300506032b657004220420") + unhex(secret);
  return "-----BEGIN PRIVATE KEY-----\n" + encodeBase64(der) + "\n-----END PRIVATE KEY-----\n";
}

// RFC 8032, section 7.1, TEST 3.
TEST(Ed25519, SignsAsTheStandardDoes) {
  test::TemporaryFolder folder;
  const std::string path = folder.file("key.pem");
  ASSERT_TRUE(writeNewFile(
      path, pemOf("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")));
  auto key = Key::readPrivate(path);
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(hex(key->publicBytes()),
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
  const std::string message = unhex("af82");
  const Signature signature = key->sign(bytesOf(message));
  EXPECT_EQ(hex(signature), "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a");
  EXPECT_TRUE(key->verify(bytesOf(message), signature));
  EXPECT_FALSE(key->verify(bytesOf("other"), signature));
}

TEST(Ed25519, KeysComeBackFromTheirFiles) {
  test::TemporaryFolder folder;
  auto made = Key::generate();
  ASSERT_TRUE(made);
  ASSERT_TRUE(writeNewFile(folder.file("key.pem"), made->privatePem()));
  ASSERT_TRUE(writeNewFile(folder.file("key.pub.pem"), made->publicPem()));
  auto secret = Key::readPrivate(folder.file("key.pem"));
  auto open = Key::readPublic(folder.file("key.pub.pem"));
  ASSERT_TRUE(secret && open);
  EXPECT_EQ(secret->id(), open->id());
  const Signature signature = secret->sign(bytesOf("text"));
  EXPECT_TRUE(open->verify(bytesOf("text"), signature));
  Signature changed = signature;
  changed[5] ^= 1;
  EXPECT_FALSE(open->verify(bytesOf("text"), changed));
}

TEST(Ed25519, FilesThatAreNoKeyAreNamed) {
  test::TemporaryFolder folder;
  const std::string path = folder.file("key.pem");
  auto key = Key::generate();
  ASSERT_TRUE(key);
  // The public key of P-256 in the example of RFC 5480 form: another algorithm.
  const std::string otherAlgorithm =
      "-----BEGIN PUBLIC KEY-----\n"
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n"
      "6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n"
      "-----END PUBLIC KEY-----\n";
  for (const std::string &text : {std::string("x"), std::string(100000, 'x'), key->privatePem(),
                                  otherAlgorithm, key->publicPem().substr(0, 60)}) {
    ASSERT_TRUE(writeNewFile(path, text));
    auto read = Key::readPublic(path);
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message, HasSubstr("expected an Ed25519 public key as a PEM file"));
    EXPECT_THAT(read.error().message, HasSubstr("found"));
  }
  EXPECT_FALSE(Key::readPublic(folder.file("absent.pem")));
}

} // namespace
} // namespace weft::sign
