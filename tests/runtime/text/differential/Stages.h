// Small tokenizers, one for each stage that a tokenizer.json can have.
#pragma once

#include <string>
#include <vector>

namespace weft::text::differential {

struct SmallTokenizer {
  std::string name;
  std::string json;
};

/// Each takes a normalizer, a pre-tokenizer, a post-processor, a decoder or a model to its
/// limits; their vocabularies are the letters, and words of the compared texts.
std::vector<SmallTokenizer> smallTokenizers();

} // namespace weft::text::differential
