#include "runtime/text/train/TokenizerJson.h"

#include "runtime/base/Utf8.h"

namespace weft::text {

namespace {

JsonText metaspace() {
  return {
      {"type", "Metaspace"}, {"replacement", "▁"}, {"prepend_scheme", "always"}, {"split", true}};
}

JsonText byteLevel() {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", false},
          {"trim_offsets", true},
          {"use_regex", true}};
}

/// One component as it is, several as a Sequence, none as null.
JsonText sequence(const char *key, const JsonText &parts) {
  if (parts.size() > 1)
    return {{"type", "Sequence"}, {key, parts}};
  return parts.empty() ? JsonText() : parts.front();
}

size_t firstCharacter(const TrainingOptions &options) {
  return options.wordEnd.empty() ? 0 : charAt(options.wordEnd, 0).length;
}

bool marksWordEnds(const TrainingOptions &options) {
  return options.model == ModelKind::Bpe && !options.wordEnd.empty();
}

} // namespace

JsonText wordEndSuffix(const TrainingOptions &options) {
  const size_t first = firstCharacter(options);
  return options.wordEnd.size() > first ? JsonText(options.wordEnd.substr(first)) : JsonText();
}

Surroundings surroundingsOf(const TrainingOptions &options) {
  Surroundings parts;
  JsonText normalizers = JsonText::array();
  if (!options.normalForm.empty())
    normalizers.push_back({{"type", options.normalForm}});
  if (options.lowercase)
    normalizers.push_back({{"type", "Lowercase"}});
  parts.trainingNormalizer = sequence("normalizers", normalizers);
  if (marksWordEnds(options))
    normalizers.push_back({{"type", "Replace"},
                           {"pattern", {{"Regex", R"((?<=\S)(?=\s|\z))"}}},
                           {"content", options.wordEnd.substr(0, firstCharacter(options))}});
  parts.normalizer = sequence("normalizers", normalizers);
  switch (options.model) {
  case ModelKind::Bpe:
    if (marksWordEnds(options)) {
      parts.preTokenizer = {{"type", "WhitespaceSplit"}};
      parts.decoder = {{"type", "BPEDecoder"}, {"suffix", options.wordEnd}};
      break;
    }
    [[fallthrough]];
  case ModelKind::Unigram:
    parts.preTokenizer = parts.decoder = metaspace();
    break;
  case ModelKind::ByteBpe:
    parts.preTokenizer = parts.decoder = byteLevel();
    break;
  case ModelKind::WordPiece:
    parts.preTokenizer = {
        {"type", "Sequence"},
        {"pretokenizers",
         {{{"type", "WhitespaceSplit"}}, {{"type", "Punctuation"}, {"behavior", "Isolated"}}}}};
    parts.decoder = {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}};
    break;
  }
  return parts;
}

std::string tokenizerJson(const TrainingOptions &options, const Surroundings &surroundings,
                          const std::vector<std::string> &specials, JsonText model) {
  JsonText added = JsonText::array();
  for (size_t id = 0; id < specials.size(); ++id)
    added.push_back({{"id", id},
                     {"content", specials[id]},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", false},
                     {"special", true}});
  const JsonText file = {{"version", "1.0"},
                         {"truncation", nullptr},
                         {"padding", nullptr},
                         {"added_tokens", std::move(added)},
                         {"normalizer", surroundings.normalizer},
                         {"pre_tokenizer", surroundings.preTokenizer},
                         {"post_processor", nullptr},
                         {"decoder", surroundings.decoder},
                         {"model", std::move(model)}};
  return file.dump(2) + "\n";
}

} // namespace weft::text
