#include "frontend/gguf/GgufEndTokens.h"

#include <algorithm>

namespace weft {

namespace {

constexpr std::string_view ends[] = {
    // Ends of a turn or a message.
    "<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|end_of_turn|>", "<|eom_id|>",
    "<EOT>", "_<EOT>", "[EOT]", "<end_of_utterance>", "<turn|>", "<|tool_response>", "<|return|>",
    "<|call|>", "<|calls|>", "<|flush|>", "[e~[",
    // Ends of a text.
    "<|endoftext|>", "<|end_of_text|>", "</s>", "<eos>", "[EOS]", "<｜end▁of▁sentence｜>",
    // What code models write where their file ends.
    "<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]", "<|fim_repo|>", "<|repo_name|>",
    "<fim-repo>", "<REPO>", "<reponame>", "<|file_sep|>"};

constexpr std::string_view channelMarks[] = {"<|channel|>", "<|message|>", "<|start|>",
                                             "<|constrain|>"};

} // namespace

std::vector<int32_t> endTokensByText(const GgufVocabulary &vocabulary) {
  auto has = [&](std::string_view token) { return vocabulary.ids.contains(token); };
  std::vector<int32_t> ids;
  for (std::string_view token : ends) {
    // Where these others end a turn, <|end|> stands between parts of one, and </s> means nothing.
    if (token == "<|end|>" && (has("<|call|>") || has("<|calls|>")) &&
        (has("<|return|>") || has("<|flush|>")))
      continue;
    if (token == "</s>" && has("<|tool_response>"))
      continue;
    if (auto at = vocabulary.ids.find(token); at != vocabulary.ids.end())
      ids.push_back(at->second);
  }
  std::ranges::sort(ids);
  return ids;
}

void correctTypesByText(GgufVocabulary &vocabulary) {
  for (int32_t id : endTokensByText(vocabulary))
    vocabulary.types[size_t(id)] = GgufTokenType::Control;
  for (std::string_view token : channelMarks)
    if (auto at = vocabulary.ids.find(token); at != vocabulary.ids.end())
      vocabulary.types[size_t(at->second)] = GgufTokenType::UserDefined;
}

} // namespace weft
