#include "runtime/text/tokenizer/model/Residues.h"

#include <algorithm>

namespace weft::text {

Result<Residues> Residues::read(const Fields &fields, const Vocabulary &vocabulary,
                                const std::vector<Step> &steps) {
  auto list = fields.array("residues");
  if (!list)
    return failFrom(list);
  Residues residues;
  if (list->size() > vocabulary.size())
    return fail(fields.path("residues") + ": expected at most " +
                std::to_string(vocabulary.size()) + " tokens, found " +
                std::to_string(list->size()));
  residues.first = static_cast<TokenId>(vocabulary.size() - list->size());
  residues.parts.resize(list->size());
  residues.merges.reset(steps.size());
  for (const Step &step : steps) {
    if (!residues.contains(step.merge.token)) {
      if (!residues.contains(step.left) && !residues.contains(step.right))
        residues.merges.add(step.left, step.right, step.merge);
      continue;
    }
    Parts &parts = residues.parts[static_cast<size_t>(step.merge.token - residues.first)];
    // Parts are shorter than the whole, or taking apart would have no end.
    const bool proper =
        !vocabulary.token(step.left).empty() && !vocabulary.token(step.right).empty();
    if (parts.left < 0 && proper)
      parts = {step.left, step.right};
  }
  // What is merged again are tokens of any kind, not characters.
  residues.merges.joinAnything();
  std::vector<bool> named(list->size());
  for (JsonValue value : *list) {
    auto token = asString(value, fields.path("residues"));
    if (!token)
      return failFrom(token);
    const TokenId id = vocabulary.find(*token);
    if (!residues.contains(id))
      return fail(fields.path("residues") + ": expected tokens with ids from " +
                  std::to_string(residues.first) + " on, found " + inQuotes(*token));
    const size_t place = static_cast<size_t>(id - residues.first);
    if (named[place] || residues.parts[place].left < 0)
      return fail(fields.path("residues") +
                  ": expected each once and the result of a merge, found " + inQuotes(*token));
    named[place] = true;
  }
  return residues;
}

void Residues::replace(std::vector<TokenId> &tokens, size_t begin) const {
  const auto from = tokens.begin() + static_cast<std::ptrdiff_t>(begin);
  if (parts.empty() || std::none_of(from, tokens.end(), [&](TokenId t) { return contains(t); }))
    return;
  std::vector<TokenId> open(std::make_reverse_iterator(tokens.end()),
                            std::make_reverse_iterator(from));
  tokens.resize(begin);
  while (!open.empty()) {
    const TokenId token = open.back();
    open.pop_back();
    if (!contains(token)) {
      tokens.push_back(token);
      continue;
    }
    const Parts &split = parts[static_cast<size_t>(token - first)];
    open.push_back(split.right);
    open.push_back(split.left);
  }
  applyMerges(merges, tokens, begin);
}

} // namespace weft::text
