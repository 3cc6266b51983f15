#include "runtime/complete/Conversation.h"

#include "runtime/complete/TextStreams.h"

#include <algorithm>

namespace weft::complete {

Result<Conversation::Reply> Conversation::say(std::string message, Sampler &sampler,
                                              const TurnOptions &options,
                                              const CompletionCallbacks &callbacks) {
  turns.push_back({"user", std::move(message)});
  auto given = reply(sampler, options, callbacks);
  if (given && given->generation.newTokens + given->text.size() > 0)
    turns.push_back({"assistant", given->text});
  else if (!given || given->generation.stop() == Stop::Interrupted)
    turns.pop_back(); // as if it had not been said
  else
    turns.push_back({"assistant", ""});
  return given;
}

/// A model may spell a reply in other tokens than the tokenizer would, which would cost the
/// reading of all that follows; so its own are kept, where a special token comes next, across
/// which no tokenizer joins anything.
Result<std::vector<int32_t>> Conversation::promptOf(const std::string &rendered) const {
  std::vector<int32_t> ids;
  if (!spoken.empty() && rendered.size() > spoken.size() && rendered.starts_with(spoken)) {
    const std::vector<int32_t> rest = tokenizer.encode(rendered.substr(spoken.size()), false);
    if (!rest.empty() && tokenizer.isSpecial(rest.front())) {
      ids = spokenIds;
      ids.insert(ids.end(), rest.begin(), rest.end());
    }
  }
  if (ids.empty())
    ids = tokenizer.encode(rendered, false);
  if (ids.empty())
    return fail("the chat template wrote no prompt");
  if (ids.size() > decoder.context())
    return fail("the conversation has " + std::to_string(ids.size()) +
                " tokens and the context only " + std::to_string(decoder.context()) +
                " positions; /reset begins anew, or start with a longer --context");
  return ids;
}

/// Notes what the decoder's sequence has now, and how the next prompt may begin.
void Conversation::keep(const std::string &rendered, std::vector<int32_t> ids,
                        const Continuation &continuation, const Generation &generation) {
  const std::vector<int32_t> &added = continuation.ids();
  ids.insert(ids.end(), added.begin(), added.end());
  cached.assign(ids.begin(), ids.begin() + ptrdiff_t(generation.held));
  const bool textIsWhole =
      generation.stop() != Stop::StopString &&
      std::ranges::none_of(added, [&](int32_t id) { return tokenizer.isSpecial(id); });
  if (textIsWhole) {
    spoken = rendered + continuation.text();
    spokenIds = std::move(ids);
  }
}

Result<Conversation::Reply> Conversation::reply(Sampler &sampler, const TurnOptions &options,
                                                const CompletionCallbacks &callbacks) {
  auto rendered = chatTemplate.render(turns, variables);
  if (!rendered)
    return fail("chat template, " + rendered.error().message);
  auto ids = promptOf(*rendered);
  if (!ids)
    return failFrom(ids);
  const auto same = size_t(std::ranges::mismatch(*ids, cached).in1 - ids->begin());
  // The last token is read in any case: its logits are the reply's first.
  const uint64_t prefix = std::min(same, ids->size() - 1);
  cached.clear(); // what an error leaves there is not known
  spoken.clear();
  if (auto read = promptText.set(*ids); !read)
    return failFrom(read);
  if (callbacks.onStart)
    if (auto started = callbacks.onStart(); !started)
      return failFrom(started);

  TextStreams streams(promptText, options.stops, 1, callbacks);
  const GenerateOptions generateOptions = {.newTokens = options.newTokens,
                                           .endIds = endIds,
                                           .held = prefix,
                                           .logProbabilities = {},
                                           .constraint = options.constraint,
                                           .drafter = options.drafter};
  auto generation = generate(
      decoder, sampler, *ids, generateOptions,
      [&](const NewToken &token) { return streams.take(token); }, [&] { return streams.goesOn(); });
  if (generation)
    streams.finish();
  if (!streams.state())
    return failFrom(streams.state());
  if (!generation)
    return failFrom(generation);
  const Continuation &continuation = streams.texts().front();
  keep(*rendered, std::move(*ids), continuation, *generation);
  return Reply{continuation.text(), std::move(*generation), prefix};
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

} // namespace weft::complete
