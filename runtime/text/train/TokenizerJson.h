// Assembles a tokenizer.json.
#pragma once

#include "runtime/text/train/Train.h"

#include <nlohmann/json.hpp>
#include <string>

namespace weft::text {

/// JSON whose objects keep the order in which keys were added.
using JsonText = nlohmann::ordered_json;

/// The components around the model, which split text into words and join them again.
struct Surroundings {
  JsonText normalizer, preTokenizer, decoder;
  /// The normalizer without marks at the ends of words, which the trainer adds itself.
  JsonText trainingNormalizer;
};
/// Returns the components for `options`.
Surroundings surroundingsOf(const TrainingOptions &options);

/// Returns the text of a tokenizer.json. The special tokens have the ids 0, 1, 2, ...
std::string tokenizerJson(const TrainingOptions &options, const Surroundings &surroundings,
                          const std::vector<std::string> &specials, JsonText model);

/// Returns the field "end_of_word_suffix" of a BPE model: the mark without its first character. The
/// normalizer writes that character after each word, so that the mark becomes one symbol, separate
/// from the last character of the word.
JsonText wordEndSuffix(const TrainingOptions &options);

} // namespace weft::text
