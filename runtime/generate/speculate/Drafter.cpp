#include "runtime/generate/speculate/Drafter.h"

#include <algorithm>
#include <string>

namespace weft {

Result<std::span<const int32_t>> PromptLookup::draft(const DraftRequest &request) {
  const std::span<const int32_t> text = request.text;
  guess.clear();
  uint64_t best = shortest - 1, place = 0;
  // The latest place of the most equal tokens; no more than `longest` are compared.
  for (uint64_t end = text.size() - 1; end > 0 && best < longest; --end) {
    uint64_t same = 0;
    while (same < std::min(end, longest) && text[end - 1 - same] == text[text.size() - 1 - same])
      ++same;
    if (same > best) {
      best = same;
      place = end;
    }
  }
  if (place == 0)
    return std::span<const int32_t>(guess);
  // A place near the end is a period: the guess goes on with itself.
  for (uint64_t i = 0; i < request.most; ++i) {
    const uint64_t from = place + i;
    guess.push_back(from < text.size() ? text[from] : guess[from - text.size()]);
  }
  return std::span<const int32_t>(guess);
}

Result<std::unique_ptr<ModelDrafter>> ModelDrafter::make(Decoder &draft, const Decoder &target) {
  if (draft.vocabulary() != target.vocabulary())
    return fail("expected a draft model of the model's vocabulary of " +
                std::to_string(target.vocabulary()) + " tokens, found one of " +
                std::to_string(draft.vocabulary()));
  return std::unique_ptr<ModelDrafter>(new ModelDrafter(draft));
}

Result<std::span<const int32_t>> ModelDrafter::draft(const DraftRequest &request) {
  guess.clear();
  const std::span<const int32_t> text = request.text;
  if (text.empty() || text.size() > decoder.context())
    return std::span<const int32_t>(guess);
  if (sampler)
    sampler->follow(request.sampler);
  else
    sampler = std::make_unique<Sampler>(request.sampler);

  uint64_t accepted = 0; // by the constraint
  auto extend = [&](uint64_t, std::span<const float> logits) -> Result<void> {
    auto id = sampler->sample(logits, request.constraint);
    if (!id) {
      // Where nothing may follow a guess, it is the guess that ends.
      std::vector<uint64_t> bits((logits.size() + 63) / 64);
      if (request.constraint && !request.constraint->mask(bits))
        return {};
      return failFrom(id);
    }
    guess.push_back(*id);
    sampler->accept(*id);
    if (request.constraint && std::ranges::find(request.endIds, *id) == request.endIds.end()) {
      if (auto taken = request.constraint->accept(*id); !taken)
        return taken;
      ++accepted;
    }
    return {};
  };

  const auto same = uint64_t(std::ranges::mismatch(text, cached).in1 - text.begin());
  uint64_t position = std::min(same, text.size() - 1);
  std::span<const int32_t> unread = text.subspan(position);
  cached.resize(position);
  int32_t last; // of the guess, which moves as it grows
  Result<void> done;
  while (true) {
    const size_t before = guess.size();
    auto fed = feed(decoder, unread, position, unread.size() - 1, extend);
    if (!fed) {
      done = failFrom(fed);
      cached.clear();
      break;
    }
    cached.insert(cached.end(), unread.begin(), unread.end());
    position += unread.size();
    if (guess.size() == before || guess.size() >= request.most || position == decoder.context() ||
        std::ranges::find(request.endIds, guess.back()) != request.endIds.end())
      break;
    last = guess.back();
    unread = {&last, 1};
  }
  if (request.constraint)
    request.constraint->rollback(accepted);
  if (!done)
    return failFrom(done);
  return std::span<const int32_t>(guess);
}

} // namespace weft
