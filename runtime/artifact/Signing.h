// Digests and detached signatures: who made an artifact, and whether it was changed since.
//
// A signature covers the header and the metadata. The metadata contains the SHA-256 of every
// segment, and bytes outside segments are zero, so the signature covers every byte of the file.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/sign/Ed25519.h"

#include <string>

namespace weft {

/// Compares the SHA-256 of every segment with the digest in the metadata, using up to `threads`
/// threads, one for each segment. Errors: the file has no digests (an old compiler made it), a
/// segment has none, or the digests differ.
Result<void> verifyDigests(const Artifact &artifact, unsigned threads = 1);

/// Returns the text of a signature file for `artifact`. Errors are those of verifyDigests(): a
/// damaged artifact is not signed.
Result<std::string> signArtifact(const Artifact &artifact, const sign::Key &privateKey,
                                 unsigned threads = 1);

/// Returns where the signature of the artifact at `path` is looked for: `path` + ".sig".
std::string signaturePath(const std::string &path);

/// Checks the signature file at `signature` against `artifact` and `publicKey`, then checks the
/// digests. Errors are one line that begins with the artifact's path: the signature file is missing
/// or malformed, the signature is by another key, the artifact is not the one that was signed, or
/// an error of verifyDigests().
Result<void> verifySignature(const Artifact &artifact, const std::string &signature,
                             const sign::Key &publicKey, unsigned threads = 1);

} // namespace weft
