// The parts of a tokenizer.json, put together.
#pragma once

#include "runtime/text/train/Train.h"

#include <nlohmann/json.hpp>
#include <string>

namespace weft::text {

/// Keeps the keys in the order they were added.
using JsonText = nlohmann::ordered_json;

/// What stands around the model: how text is cut into words, and put together again.
struct Surroundings {
  JsonText normalizer, preTokenizer, decoder;
  /// The normalizer without what marks the ends of words, which the trainer does itself.
  JsonText trainingNormalizer;
};
Surroundings surroundingsOf(const TrainingOptions &options);

/// A whole file: the special tokens have the ids 0, 1, 2, ...
std::string tokenizerJson(const TrainingOptions &options, const Surroundings &surroundings,
                          const std::vector<std::string> &specials, JsonText model);

/// For a model of BPE, the field "end_of_word_suffix": the marker but for its first
/// character, which the normalizer writes behind each word. So the marker becomes one
/// symbol, apart from the last character of the word.
JsonText wordEndSuffix(const TrainingOptions &options);

} // namespace weft::text
