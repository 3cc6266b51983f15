// Drafts for speculative decoding: tokens that are guessed and then checked in one call of the
// model.
#pragma once

#include "runtime/generate/Decoder.h"
#include "runtime/generate/sampling/Sampler.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace weft {

/// What a drafter is told for one draft.
struct DraftRequest {
  /// The prompt and the new tokens so far.
  std::span<const int32_t> text;
  /// The most tokens to draft; at least 1.
  uint64_t most = 1;
  /// The sampler that will choose the next tokens, in its state before the next one; copy it to
  /// draw with the same random numbers.
  const Sampler &sampler;
  /// The constraint in the same state, or null. The drafter may advance it but must restore it.
  TokenConstraint *constraint = nullptr;
  /// A draft may end at one of these ids.
  std::span<const int32_t> endIds = {};
};

/// Drafts tokens. A wrong draft costs time and never changes the text: each token is drawn from the
/// model's own logits, and a draft only decides which logits are computed ahead. Not thread-safe.
class Drafter {
public:
  virtual ~Drafter() = default;
  /// Returns ids of the vocabulary that may follow, or none; valid until the next call. Errors:
  /// those of a decoder.
  virtual Result<std::span<const int32_t>> draft(const DraftRequest &request) = 0;
};

/// Prompt lookup: drafts what followed the last time that the text ended as it does now. It takes
/// the longest match of the last tokens, up to `longest`, and of equal matches the latest. Costs
/// almost nothing, and works well for text that quotes its prompt or itself. Saxena, "Prompt lookup
/// decoding", 2023.
class PromptLookup final : public Drafter {
public:
  /// A match must have at least `shortest` tokens, 1 <= shortest <= longest.
  explicit PromptLookup(uint64_t shortest = 2, uint64_t longest = 8)
      : shortest(shortest), longest(longest) {}
  Result<std::span<const int32_t>> draft(const DraftRequest &request) override;

private:
  uint64_t shortest, longest;
  std::vector<int32_t> guess;
};

/// Drafts with a smaller model of the same vocabulary, in sequence 0 of its decoder. It samples by
/// the same chain with the same random numbers as the target model, so its tokens are often
/// accepted. After Leviathan et al., "Fast inference from Transformers via speculative decoding",
/// 2023.
class ModelDrafter final : public Drafter {
public:
  /// Makes a drafter that runs on `draft` for `target`. Both must outlive it. Errors: vocabularies
  /// of different sizes.
  static Result<std::unique_ptr<ModelDrafter>> make(Decoder &draft, const Decoder &target);
  Result<std::span<const int32_t>> draft(const DraftRequest &request) override;

private:
  explicit ModelDrafter(Decoder &decoder) : decoder(decoder) {}

  Decoder &decoder;
  std::unique_ptr<Sampler> sampler;
  /// The tokens in sequence 0's KV cache.
  std::vector<int32_t> cached;
  std::vector<int32_t> guess;
};

} // namespace weft
