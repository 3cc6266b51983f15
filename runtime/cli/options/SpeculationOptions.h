// Guessing ahead, with a second model or without one.
#pragma once

#include "runtime/complete/LoadedModel.h"
#include "runtime/generate/speculate/Drafter.h"

#include <memory>
#include <string>

namespace CLI {
class App;
} // namespace CLI

namespace weft::cli {

/// `draft` and `lookup` are not given together.
struct SpeculationOptions {
  /// The artifact of a smaller model with the same vocabulary; empty: none.
  std::string draft;
  /// What followed before.
  bool lookup = false;
  /// Most tokens guessed at a time; 0: what suits the kind of guess.
  uint64_t tokens = 0;

  bool any() const { return lookup || !draft.empty(); }
  /// Rows of logits that one call of the model needs.
  uint64_t rows() const;
};

/// --draft, --lookup and --draft-tokens. `options` must outlive the parsing.
void addSpeculationOptions(CLI::App &command, SpeculationOptions &options);

/// A drafter with what it works on.
struct Speculation {
  LoadedModel model;
  std::unique_ptr<SessionDecoder> decoder;
  /// nullptr where none was asked for.
  std::unique_ptr<Drafter> drafter;
};

/// `target` is opened, on a session of at least options.rows() rows; the draft model gets the
/// device, threads and context of `session`. Errors: the draft model cannot be opened or has
/// another vocabulary.
Result<Speculation> openSpeculation(const SpeculationOptions &options, const LoadOptions &target,
                                    const Decoder &decoder);

} // namespace weft::cli
