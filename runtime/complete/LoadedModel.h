// An artifact that was opened, and the session that runs it.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/program/Session.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace weft::complete {

struct LoadOptions {
  /// The .weft file.
  std::string path;
  SessionOptions session;
  /// A public key whose signature the artifact has to have; "": none is asked for.
  std::string requireSigned;
  /// Shared libraries with devices, loaded before anything else.
  std::vector<std::string> plugins;
};

/// The members may be used as long as it lives.
struct LoadedModel {
  std::unique_ptr<const Artifact> artifact;
  /// Null until openSession().
  std::unique_ptr<Session> session;
  double loadSeconds = 0;

  const schema::Artifact &metadata() const { return artifact->metadata(); }
  std::vector<int32_t> endIds() const;
};

/// Loads the plug-ins, opens and verifies the artifact, with its signature where one is asked for;
/// `session` stays empty.
Result<LoadedModel> openArtifact(const LoadOptions &options);
/// Loads the program into `model.session` and allocates its memory.
Result<void> openSession(LoadedModel &model, const SessionOptions &options);
/// Does both.
Result<LoadedModel> openModel(const LoadOptions &options);
/// The artifact's tokenizer. Errors: it has none, or one that cannot be read.
Result<std::unique_ptr<text::Tokenizer>> openTokenizer(const Artifact &artifact);

/// The tokens of a prompt: the model's begin token where `prompt` has none at all, as a model
/// must read something.
std::vector<int32_t> encodePrompt(const LoadedModel &model, const text::Tokenizer &tokenizer,
                                  std::string_view prompt);

/// The number of threads that these options come to.
unsigned threadsFor(const SessionOptions &options);

/// The most rows of logits to ask of one call: 64 MiB of them, at most one for each token.
uint64_t affordableRows(uint32_t vocabulary, uint64_t tokens);

} // namespace weft::complete
