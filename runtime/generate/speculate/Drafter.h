// Guesses at the tokens to come, which the model then checks all at once.
#pragma once

#include "runtime/generate/Decoder.h"
#include "runtime/generate/sampling/Sampler.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace weft {

struct DraftRequest {
  /// Prompt and new tokens so far.
  std::span<const int32_t> text;
  /// Most tokens to guess; at least 1.
  uint64_t most = 1;
  /// As it stands before the next token is drawn; its draws are those that decide.
  const Sampler &sampler;
  /// As it stands there too, to be left so; null where there is none.
  TokenConstraint *constraint = nullptr;
  /// A guess need not go on behind one of them.
  std::span<const int32_t> endIds = {};
};

/// Wrong guesses cost time and change nothing: each token is drawn from the model's own logits,
/// and a guess only says for which of them it is worth computing logits ahead. Not thread-safe.
class Drafter {
public:
  virtual ~Drafter() = default;
  /// Ids, each in the vocabulary, that may follow; none where it has no idea. Valid until the
  /// next call. Errors: those of a decoder.
  virtual Result<std::span<const int32_t>> draft(const DraftRequest &request) = 0;
};

/// What followed the last time that the text ended as it does now: the latest place of those
/// where most tokens before it, up to `longest`, are the same. Free, and good where a text
/// quotes its prompt or itself. Saxena, "Prompt lookup decoding", 2023.
class PromptLookup final : public Drafter {
public:
  /// At least `shortest` tokens, 1 <= shortest <= longest, must be the same.
  explicit PromptLookup(uint64_t shortest = 2, uint64_t longest = 8)
      : shortest(shortest), longest(longest) {}
  Result<std::span<const int32_t>> draft(const DraftRequest &request) override;

private:
  uint64_t shortest, longest;
  std::vector<int32_t> guess;
};

/// A smaller model of the same vocabulary, in sequence 0 of its decoder. It draws by the same
/// chain with the same random numbers as will decide, so it is right most often. Leviathan et
/// al., "Fast inference from Transformers via speculative decoding", 2023, for the idea.
class ModelDrafter final : public Drafter {
public:
  /// Both must outlive it. Errors: vocabularies of different sizes.
  static Result<std::unique_ptr<ModelDrafter>> make(Decoder &draft, const Decoder &target);
  Result<std::span<const int32_t>> draft(const DraftRequest &request) override;

private:
  explicit ModelDrafter(Decoder &decoder) : decoder(decoder) {}

  Decoder &decoder;
  std::unique_ptr<Sampler> sampler;
  /// What sequence 0 holds.
  std::vector<int32_t> held;
  std::vector<int32_t> guess;
};

} // namespace weft
