// Who made an artifact, and whether it is the one that they made: digests and a detached signature.
//
// A signature covers the header and the metadata of the file. The metadata has the SHA-256 of every
// segment, and what belongs to no segment is zero, so the signature covers every byte.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/sign/Ed25519.h"

#include <string>

namespace weft {

/// Compares every segment with the SHA-256 that the metadata has of it. Uses up to `threads`
/// threads, one for each segment. Errors: the file has no digests (it was compiled before they
/// existed), a segment has none, or its bytes are others.
Result<void> verifyDigests(const Artifact &artifact, unsigned threads = 1);

/// The text of a signature file for `artifact`. Errors are those of verifyDigests(): what does not
/// hold what it says is not signed.
Result<std::string> signArtifact(const Artifact &artifact, const sign::Key &privateKey,
                                 unsigned threads = 1);

/// Where the signature of the artifact at `path` is looked for: `path` + ".sig".
std::string signaturePath(const std::string &path);

/// Checks the signature file at `signature` against `artifact` and `publicKey`, then the digests.
/// Errors are one line that begins with the artifact's path: the file is missing or is no signature
/// file, another key signed, the artifact is not the one that was signed, and those of
/// verifyDigests().
Result<void> verifySignature(const Artifact &artifact, const std::string &signature,
                             const sign::Key &publicKey, unsigned threads = 1);

} // namespace weft
