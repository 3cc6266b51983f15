// An opened artifact and the session that runs it.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/program/Session.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace weft::complete {

/// What to load, and how.
struct LoadOptions {
  /// The .weft file.
  std::string path;
  SessionOptions session;
  /// The file of a public key; the artifact must be signed by it. "": no signature is required.
  std::string requireSigned;
  /// Plug-ins (shared libraries) with devices, loaded first.
  std::vector<std::string> plugins;
};

/// A loaded model. Its members are valid as long as it lives.
struct LoadedModel {
  std::unique_ptr<const Artifact> artifact;
  /// Null before openSession().
  std::unique_ptr<Session> session;
  double loadSeconds = 0;

  const schema::Artifact &metadata() const { return artifact->metadata(); }
  /// Returns the ids that end a text, from the artifact.
  std::vector<int32_t> endIds() const;
};

/// Loads the plug-ins, then opens and verifies the artifact and, if required, its signature. Leaves
/// `session` null.
Result<LoadedModel> openArtifact(const LoadOptions &options);
/// Opens `model.session`: loads a program and allocates its memory.
Result<void> openSession(LoadedModel &model, const SessionOptions &options);
/// Does what openArtifact() and openSession() do.
Result<LoadedModel> openModel(const LoadOptions &options);
/// Returns the artifact's tokenizer. Errors: it has none, or one that cannot be read.
Result<std::unique_ptr<text::Tokenizer>> openTokenizer(const Artifact &artifact);

/// Returns the tokens of `prompt`. If it has none, returns the model's begin token, as a model
/// needs at least one token.
std::vector<int32_t> encodePrompt(const LoadedModel &model, const text::Tokenizer &tokenizer,
                                  std::string_view prompt);

/// Returns the number of threads that a session with these options uses.
unsigned threadsFor(const SessionOptions &options);

/// Returns how many logit rows to compute in one call: as many as fit 64 MiB, at most `tokens`.
uint64_t affordableRows(uint32_t vocabulary, uint64_t tokens);

} // namespace weft::complete
