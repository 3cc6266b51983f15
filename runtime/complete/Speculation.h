// Speculative decoding, with a draft model or by prompt look-up. The text does not change.
#pragma once

#include "runtime/complete/LoadedModel.h"
#include "runtime/generate/speculate/Drafter.h"

#include <memory>
#include <string>

namespace weft::complete {

/// Options of speculative decoding. At most one of `draft` and `lookup` may be set.
struct SpeculationOptions {
  /// Path of the draft model, an artifact with the same vocabulary; empty: none.
  std::string draft;
  /// Whether to draft by prompt look-up: the tokens that followed the same words before.
  bool lookup = false;
  /// The most tokens of one draft; 0: 4 for a draft model, 8 for prompt look-up.
  uint64_t tokens = 0;

  bool any() const { return lookup || !draft.empty(); }
  /// Returns how many logit rows one call of the target model needs.
  uint64_t rows() const;
};

/// A drafter and the model it uses.
struct Speculation {
  LoadedModel model;
  std::unique_ptr<SessionDecoder> decoder;
  /// Null without speculative decoding.
  std::unique_ptr<Drafter> drafter;
};

/// Opens a drafter. `target` has the options that `decoder` was loaded with, on a session of at
/// least options.rows() logit rows. The draft model uses the same device and threads, and the
/// decoder's context. Errors: the draft model cannot be opened or has a different vocabulary.
Result<Speculation> openSpeculation(const SpeculationOptions &options, const LoadOptions &target,
                                    const Decoder &decoder);

} // namespace weft::complete
