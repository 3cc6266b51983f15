#include "runtime/text/train/Train.h"

#include "runtime/base/Utf8.h"
#include "runtime/text/tokenizer/Json.h"
#include "runtime/text/tokenizer/split/ByteAlphabet.h"
#include "runtime/text/train/TokenizerJson.h"
#include "runtime/text/train/bpe/BpeTrainer.h"
#include "runtime/text/train/unigram/UnigramTrainer.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace weft::text {

namespace {

constexpr const char *continuing = "##";
/// Words that a person may want to see.
constexpr size_t shownWords = 32;

std::string unknownOf(const TrainingOptions &options) {
  if (!options.unknown.empty())
    return options.unknown;
  switch (options.model) {
  case ModelKind::WordPiece:
    return "[UNK]";
  case ModelKind::Unigram:
    return "<unk>";
  default:
    return "";
  }
}

/// The special tokens, the unknown one before them unless it is among them.
std::vector<std::string> specialsOf(const TrainingOptions &options) {
  std::vector<std::string> specials = options.specials;
  const std::string unknown = unknownOf(options);
  if (!unknown.empty() && std::ranges::find(specials, unknown) == specials.end())
    specials.insert(specials.begin(), unknown);
  return specials;
}

std::vector<std::string> byteCharacters() {
  std::vector<std::string> characters(256);
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char text = static_cast<char>(byte);
    appendAsByteCharacters(characters[byte], {&text, 1});
  }
  return characters;
}

Result<void> check(const TrainingOptions &options) {
  std::set<std::string> seen;
  for (const std::string &special : options.specials)
    if (special.empty() || !isValidUtf8(special) || !seen.insert(special).second)
      return fail("expected special tokens that are UTF-8, not empty and different, found " +
                  inQuotes(special));
  if (!isValidUtf8(options.unknown) || !isValidUtf8(options.wordEnd))
    return fail("expected tokens in UTF-8, found " +
                inQuotes(isValidUtf8(options.unknown) ? options.wordEnd : options.unknown));
  if (options.model == ModelKind::ByteBpe && !options.unknown.empty())
    return fail("an unknown token has no use in byte-bpe, which has a token for every byte");
  if (options.vocabulary > static_cast<size_t>(maximumTokenId))
    return fail("expected a vocabulary of at most " + std::to_string(maximumTokenId) +
                " tokens, found " + std::to_string(options.vocabulary));
  return {};
}

JsonText vocabularyOf(const std::vector<std::string> &tokens) {
  JsonText vocabulary = JsonText::object();
  // Filled as the vector of pairs that it is: operator[] would search it for each.
  auto &pairs = vocabulary.get_ref<JsonText::object_t &>();
  for (size_t id = 0; id < tokens.size(); ++id)
    pairs.emplace_back(tokens[id], id);
  return vocabulary;
}

JsonText bpeModel(const TrainingOptions &options, const BpeTrainer &trainer) {
  const std::string unknown = unknownOf(options);
  JsonText model = {
      {"type", "BPE"},
      {"dropout", nullptr},
      {"unk_token", unknown.empty() ? JsonText() : JsonText(unknown)},
      {"continuing_subword_prefix", nullptr},
      {"end_of_word_suffix", options.model == ModelKind::Bpe ? wordEndSuffix(options) : JsonText()},
      {"fuse_unk", false},
      {"byte_fallback", false},
      {"ignore_merges", false},
      {"vocab", vocabularyOf(trainer.tokens())},
      {"merges", JsonText::array()}};
  for (const MergeStep &step : trainer.merges())
    model["merges"].push_back({trainer.tokens()[step.left], trainer.tokens()[step.right]});
  return model;
}

JsonText wordPieceModel(const TrainingOptions &options, const BpeTrainer &trainer) {
  return {{"type", "WordPiece"},
          {"unk_token", unknownOf(options)},
          {"continuing_subword_prefix", continuing},
          {"max_input_chars_per_word", 100},
          {"vocab", vocabularyOf(trainer.tokens())}};
}

/// What a person may want to see of how merges were learnt.
void describe(const Corpus &corpus, const BpeTrainer &trainer, TrainedTokenizer &trained) {
  auto name = [&](uint32_t token) { return trainer.tokens()[token]; };
  for (const MergeStep &step : trainer.merges())
    trained.merges.push_back({name(step.left), name(step.right), step.count});
  std::vector<size_t> order(corpus.words.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, [&](size_t a, size_t b) {
    const uint64_t first = corpus.words[a].count, second = corpus.words[b].count;
    return first != second ? first > second : a < b;
  });
  order.resize(std::min(order.size(), shownWords));
  for (size_t word : order) {
    CutWord cut{{}, corpus.words[word].count};
    for (uint32_t token : trainer.tokensOf(word))
      cut.tokens.push_back(name(token));
    trained.words.push_back(std::move(cut));
  }
}

Result<JsonText> trainMerges(const Corpus &corpus, const TrainingOptions &options,
                             const TrainingProgress &progress, TrainedTokenizer &trained) {
  BpeOptions bpe;
  bpe.vocabulary = options.vocabulary;
  bpe.minFrequency = options.minFrequency;
  bpe.alphabet = options.alphabet;
  bpe.specials = specialsOf(options);
  if (options.model == ModelKind::ByteBpe)
    bpe.always = byteCharacters();
  if (options.model == ModelKind::WordPiece)
    bpe.continuing = continuing;
  if (options.model == ModelKind::Bpe)
    bpe.wordEnd = options.wordEnd;
  auto trainer = BpeTrainer::make(corpus, std::move(bpe));
  if (!trainer)
    return failFrom(trainer);
  trainer->run(progress);
  trained.vocabulary = trainer->tokens().size();
  describe(corpus, *trainer, trained);
  return options.model == ModelKind::WordPiece ? wordPieceModel(options, *trainer)
                                               : bpeModel(options, *trainer);
}

Result<JsonText> trainPieces(const Corpus &corpus, const TrainingOptions &options,
                             const TrainingProgress &progress, TrainedTokenizer &trained) {
  const std::vector<std::string> specials = specialsOf(options);
  UnigramOptions unigram;
  if (options.vocabulary <= specials.size())
    return fail("expected a vocabulary larger than the " + std::to_string(specials.size()) +
                " special tokens, found " + std::to_string(options.vocabulary));
  unigram.pieces = options.vocabulary - specials.size();
  unigram.alphabet = options.alphabet;
  unigram.threads = options.threads;
  auto pieces = trainUnigram(corpus, unigram, progress);
  if (!pieces)
    return failFrom(pieces);
  JsonText vocabulary = JsonText::array();
  for (const std::string &special : specials)
    vocabulary.push_back({special, 0.0});
  std::set<std::string> taken(specials.begin(), specials.end());
  for (const ScoredPiece &piece : *pieces)
    if (!taken.contains(piece.text))
      vocabulary.push_back({piece.text, piece.score});
  trained.vocabulary = vocabulary.size();
  const auto unknown = std::ranges::find(specials, unknownOf(options)) - specials.begin();
  return JsonText{{"type", "Unigram"},
                  {"unk_id", unknown},
                  {"vocab", std::move(vocabulary)},
                  {"byte_fallback", false}};
}

} // namespace

Result<TrainedTokenizer> trainTokenizer(const std::vector<std::string> &files,
                                        const TrainingOptions &options,
                                        const TrainingProgress &progress) {
  if (auto done = check(options); !done)
    return failFrom(done);
  const Surroundings parts = surroundingsOf(options);
  auto splitter = WordSplitter::make(parts.trainingNormalizer.dump(), parts.preTokenizer.dump());
  if (!splitter)
    return failFrom(splitter);
  auto corpus = readCorpus(files, *splitter, options.threads, progress);
  if (!corpus)
    return failFrom(corpus);
  TrainedTokenizer trained{};
  trained.corpusBytes = corpus->bytes;
  trained.distinctWords = corpus->words.size();
  auto model = options.model == ModelKind::Unigram
                   ? trainPieces(*corpus, options, progress, trained)
                   : trainMerges(*corpus, options, progress, trained);
  if (!model)
    return failFrom(model);
  trained.json = tokenizerJson(options, parts, specialsOf(options), std::move(*model));
  return trained;
}

} // namespace weft::text
