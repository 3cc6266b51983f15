#include "runtime/complete/Conversation.h"

#include "runtime/complete/Continuation.h"
#include "runtime/cli/terminal/Output.h"

#include <algorithm>

namespace weft::cli {

Result<Conversation::Answer> Conversation::say(std::string message, Sampler &sampler,
                                               const TurnOptions &options,
                                               const KeepGoing &keepGoing) {
  turns.push_back({"user", std::move(message)});
  auto given = answer(sampler, options, keepGoing);
  if (given && given->generation.newTokens + given->text.size() > 0)
    turns.push_back({"assistant", given->text});
  else if (!given || given->generation.stop() == Stop::Interrupted)
    turns.pop_back(); // as if it had not been said
  else
    turns.push_back({"assistant", ""});
  return given;
}

/// A model may spell an answer in other tokens than the tokenizer would, which would cost
/// the reading of all that follows; so its own are kept, where a special token comes next,
/// across which no tokenizer joins anything.
std::vector<int32_t> Conversation::encode(const std::string &prompt) const {
  if (!spoken.empty() && prompt.size() > spoken.size() && prompt.starts_with(spoken)) {
    const std::vector<int32_t> rest = tokenizer.encode(prompt.substr(spoken.size()), false);
    if (!rest.empty() && tokenizer.isSpecial(rest.front())) {
      std::vector<int32_t> ids = spokenIds;
      ids.insert(ids.end(), rest.begin(), rest.end());
      return ids;
    }
  }
  return tokenizer.encode(prompt, false);
}

Result<Conversation::Answer> Conversation::answer(Sampler &sampler, const TurnOptions &options,
                                                  const KeepGoing &keepGoing) {
  auto prompt = chatTemplate.render(turns);
  if (!prompt)
    return fail("chat template, " + prompt.error().message);
  const std::vector<int32_t> ids = encode(*prompt);
  if (ids.empty())
    return fail("the chat template wrote no prompt");
  if (ids.size() > decoder.context())
    return fail("the conversation has " + std::to_string(ids.size()) +
                " tokens and the context only " + std::to_string(decoder.context()) +
                " positions; /reset begins anew, or start with a longer --context");

  const auto same = size_t(std::ranges::mismatch(ids, held).in1 - ids.begin());
  // The last token is read in any case: its logits are the answer's first.
  const uint64_t kept = std::min(same, ids.size() - 1);
  held.clear(); // what an error leaves there is not known
  spoken.clear();
  Continuation continuation(tokenizer, ids, options.stops, false);
  GenerateOptions generateOptions;
  generateOptions.newTokens = options.newTokens;
  generateOptions.endIds = endIds;
  generateOptions.held = kept;
  generateOptions.constraint = options.constraint;
  generateOptions.drafter = options.drafter;
  auto generation = generate(
      decoder, sampler, ids, generateOptions,
      [&](const NewToken &token) { return continuation.push(token.id); },
      [&] { return continuation.wanted() && keepGoing(); });
  if (!generation) {
    if (!continuation.text.empty())
      (void)writeOutput("\n"); // the error line should not hang on to the text
    return failFrom(generation);
  }
  continuation.finish();
  if (!continuation.state)
    return failFrom(continuation.state);

  std::vector<int32_t> all = ids;
  all.insert(all.end(), continuation.ids.begin(), continuation.ids.end());
  held.assign(all.begin(), all.begin() + ptrdiff_t(generation->held));
  const bool textIsWhole = generation->stop() != Stop::StopString;
  if (textIsWhole &&
      std::ranges::none_of(continuation.ids, [&](int32_t id) { return tokenizer.isSpecial(id); })) {
    spoken = *prompt + continuation.text;
    spokenIds = std::move(all);
  }
  return Answer{std::move(continuation.text), *generation, kept};
}

void Conversation::setSystem(std::string prompt) {
  const bool there = !turns.empty() && turns.front().role == "system";
  if (there && prompt.empty())
    turns.erase(turns.begin());
  else if (there)
    turns.front().content = std::move(prompt);
  else if (!prompt.empty())
    turns.insert(turns.begin(), {"system", std::move(prompt)});
}

std::string_view Conversation::system() const {
  const bool there = !turns.empty() && turns.front().role == "system";
  return there ? std::string_view(turns.front().content) : std::string_view();
}

void Conversation::reset() {
  std::erase_if(turns, [](const jinja::ChatMessage &turn) { return turn.role != "system"; });
}

} // namespace weft::cli
