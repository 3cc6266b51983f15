#include "runtime/artifact/Signing.h"

#include "runtime/artifact/Verify.h"
#include "runtime/base/Base64.h"
#include "runtime/base/MappedFile.h"
#include "runtime/sign/Sha256.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fmt/format.h>
#include <thread>

namespace weft {

namespace {

constexpr std::string_view firstLine = "weft-signature-1 ed25519";

/// The message that is signed: what it is for, the header and the digest of the metadata. The
/// prefix keeps a signature of this kind from being one of anything else.
std::vector<std::byte> messageOf(const Artifact &artifact) {
  constexpr std::string_view prefix = "weft artifact, signature 1\n";
  const auto file = artifact.fileBytes();
  ArtifactHeader header;
  std::memcpy(&header, file.data(), sizeof header);
  const sign::Sha256Digest metadata =
      sign::sha256(file.subspan(header.metadataOffset, header.metadataBytes));
  std::vector<std::byte> message;
  auto append = [&](std::span<const std::byte> bytes) {
    message.insert(message.end(), bytes.begin(), bytes.end());
  };
  append(std::as_bytes(std::span(prefix)));
  append(file.first(sizeof header));
  append(std::as_bytes(std::span(metadata)));
  return message;
}

/// The digest that the metadata has of `segment`; nullptr where it has none.
const schema::Digest *digestOf(const schema::Artifact &artifact, const schema::Segment &segment) {
  for (const schema::Digest *digest : *artifact.digests())
    if (digest->offset() == segment.offset() && digest->bytes() == segment.bytes())
      return digest;
  return nullptr;
}

struct SignatureText {
  std::string key;
  sign::Signature signature;
};

/// Three lines: what it is, "key " and the key's id, "signature " and 64 bytes in Base64.
std::optional<SignatureText> parse(std::string_view text) {
  auto line = [&](std::string_view begin) -> std::optional<std::string_view> {
    const size_t end = text.find('\n');
    std::string_view whole = text.substr(0, end);
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
    if (whole.ends_with('\r'))
      whole.remove_suffix(1);
    if (!whole.starts_with(begin))
      return std::nullopt;
    return whole.substr(begin.size());
  };
  const auto first = line(firstLine), key = line("key "), encoded = line("signature ");
  if (!first || !first->empty() || !key || !encoded || !text.empty())
    return std::nullopt;
  const auto bytes = decodeBase64(*encoded);
  SignatureText parsed{std::string(*key), {}};
  if (!bytes || bytes->size() != parsed.signature.size())
    return std::nullopt;
  std::memcpy(parsed.signature.data(), bytes->data(), bytes->size());
  return parsed;
}

Result<void> checkSignature(const Artifact &artifact, const std::string &path,
                            const sign::Key &publicKey) {
  constexpr size_t largest = 4096;
  auto file = MappedFile::open(path);
  if (!file)
    return fail("expected a signature of key " + publicKey.id() + ", but " + file.error().message);
  const auto bytes = file->bytes();
  const auto text = bytes.size() > largest
                        ? std::nullopt
                        : parse({reinterpret_cast<const char *>(bytes.data()), bytes.size()});
  if (!text)
    return fail(fmt::format("expected {} to be a signature file that begins with \"{}\"",
                            inQuotes(path), firstLine));
  if (text->key != publicKey.id())
    return fail(fmt::format("expected a signature of key {}, found one of key {} in {}",
                            publicKey.id(), inQuotes(text->key), inQuotes(path)));
  if (!publicKey.verify(messageOf(artifact), text->signature))
    return fail(
        fmt::format("it is not the file that key {} signed in {}", publicKey.id(), inQuotes(path)));
  return {};
}

} // namespace

Result<void> verifyDigests(const Artifact &artifact, unsigned threads) {
  if (!artifact.metadata().digests())
    return fail("it has no digests: it was compiled by a weftc that did not write them yet; "
                "compile the model again");
  std::vector<verify::NamedSegment> segments = verify::segmentsOf(artifact.metadata());
  std::erase_if(segments, [](const auto &named) { return named.segment->bytes() == 0; });
  // The longest first: the others are done beside it.
  std::ranges::sort(segments, std::greater(),
                    [](const auto &named) { return named.segment->bytes(); });
  std::vector<std::string> problems(segments.size());
  std::atomic<size_t> next = 0;
  auto work = [&] {
    for (size_t i; (i = next++) < segments.size();) {
      const auto &[name, segment] = segments[i];
      const schema::Digest *expected = digestOf(artifact.metadata(), *segment);
      if (!expected) {
        problems[i] = "the metadata has no digest of the segment: " + name;
        continue;
      }
      const auto bytes = artifact.segment(*segment);
      MappedFile::adviseSequential(bytes);
      const sign::Sha256Digest found = sign::sha256(bytes);
      MappedFile::adviseNormal(bytes);
      if (!std::ranges::equal(found, *expected->sha256()))
        problems[i] = fmt::format("changed {}: expected SHA-256 {:02x}, found {:02x}", name,
                                  fmt::join(*expected->sha256(), ""), fmt::join(found, ""));
    }
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < std::min<size_t>(threads, segments.size()); ++i)
    others.emplace_back(work);
  work();
  for (std::thread &other : others)
    other.join();
  for (const std::string &problem : problems)
    if (!problem.empty())
      return fail(problem);
  return {};
}

Result<std::string> signArtifact(const Artifact &artifact, const sign::Key &privateKey,
                                 unsigned threads) {
  if (auto verified = verifyDigests(artifact, threads); !verified)
    return verify::at(inQuotes(artifact.path()), verified);
  const sign::Signature signature = privateKey.sign(messageOf(artifact));
  return fmt::format(
      "{}\nkey {}\nsignature {}\n", firstLine, privateKey.id(),
      encodeBase64({reinterpret_cast<const char *>(signature.data()), signature.size()}));
}

std::string signaturePath(const std::string &path) { return path + ".sig"; }

Result<void> verifySignature(const Artifact &artifact, const std::string &signature,
                             const sign::Key &publicKey, unsigned threads) {
  auto verified = checkSignature(artifact, signature, publicKey);
  if (verified)
    verified = verifyDigests(artifact, threads);
  if (!verified)
    return verify::at(inQuotes(artifact.path()), verified);
  return {};
}

} // namespace weft
