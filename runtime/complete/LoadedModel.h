// A model opened by the options that the commands share.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/program/Session.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace weft::cli {

struct LoadOptions {
  std::string path;
  SessionOptions session;
  /// A public key whose signature the artifact has to have; "": none is asked for.
  std::string requireSigned;
  /// Files with devices, loaded before anything else.
  std::vector<std::string> plugins;
};

/// The positional MODEL; --device, --plugin, --threads, --context and --batch.
void addModelPath(CLI::App &command, LoadOptions &options);
void addSessionOptions(CLI::App &command, LoadOptions &options);

/// An artifact, and what was asked of it. The members may be used as long as it lives.
struct LoadedModel {
  std::unique_ptr<const Artifact> artifact;
  std::unique_ptr<Session> session;
  double loadSeconds = 0;

  const schema::Artifact &metadata() const { return artifact->metadata(); }
  std::vector<int32_t> endIds() const;
};

/// Loads the plug-ins, opens and verifies the artifact; `session` stays empty.
Result<LoadedModel> openArtifact(const LoadOptions &options);
/// Loads the program into `model.session` and allocates its memory.
Result<void> openSession(LoadedModel &model, const SessionOptions &options);
/// Both.
Result<LoadedModel> openModel(const LoadOptions &options);
/// The artifact's tokenizer. Errors: it has none, or one that cannot be read.
Result<std::unique_ptr<text::Tokenizer>> openTokenizer(const Artifact &artifact);

/// Threads that these options come to.
unsigned threadsFor(const SessionOptions &options);

/// Most rows of logits to ask of one call: 64 MiB of them, at most one for each token.
uint64_t affordableRows(uint32_t vocabulary, uint64_t tokens);

} // namespace weft::cli
