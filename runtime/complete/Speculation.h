// Speculative decoding: the same text, sooner, with a draft model or without one.
#pragma once

#include "runtime/complete/LoadedModel.h"
#include "runtime/generate/speculate/Drafter.h"

#include <memory>
#include <string>

namespace weft::complete {

/// `draft` and `lookup` are not given together.
struct SpeculationOptions {
  /// The artifact of a smaller model with the same vocabulary; empty: none.
  std::string draft;
  /// Prompt lookup: draft what followed the same words before.
  bool lookup = false;
  /// The most tokens drafted at a time; 0: what suits the kind of drafter.
  uint64_t tokens = 0;

  bool any() const { return lookup || !draft.empty(); }
  /// The rows of logits that one call of the model needs.
  uint64_t rows() const;
};

/// A drafter with what it works on.
struct Speculation {
  LoadedModel model;
  std::unique_ptr<SessionDecoder> decoder;
  /// Null where none was asked for.
  std::unique_ptr<Drafter> drafter;
};

/// `target` is what `decoder` was opened with, on a session of at least options.rows() rows; the
/// draft model gets its device and threads, and the decoder's context. Errors: the draft model
/// cannot be opened or has another vocabulary.
Result<Speculation> openSpeculation(const SpeculationOptions &options, const LoadOptions &target,
                                    const Decoder &decoder);

} // namespace weft::complete
