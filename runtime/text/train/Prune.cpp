#include "runtime/text/train/Prune.h"

#include "runtime/text/tokenizer/model/SubwordModel.h"
#include "runtime/text/train/Parallel.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <unordered_set>

namespace weft::text {

namespace {

/// Objects are trees: vocabularies are long.
using JsonText = nlohmann::json;

/// A file that Tokenizer::fromJson() accepts, so that its parts need no further checks.
struct Parsed {
  JsonText file;
  /// Ids, added tokens among them.
  size_t vocabulary;
  /// VocabularyHash().
  std::string hash;

  JsonText &model() { return file["model"]; }
  const JsonText &part(const char *key) const {
    static const JsonText none;
    auto found = file.find(key);
    return found == file.end() ? none : *found;
  }
};

/// What the words of a corpus become.
struct Encoded {
  /// By id.
  std::vector<uint64_t> counts;
  EncodingFigures figures;
};

/// A field that is a string, or empty.
std::string textOf(const JsonText &object, const char *key) {
  auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

Result<Parsed> parse(std::string_view json) {
  // The first look bounds the depth. The second is at what this parser made of the file: of
  // equal keys the two take different ones.
  if (auto sound = Tokenizer::fromJson(json); !sound)
    return failFrom(sound);
  Parsed parsed{JsonText::parse(json, nullptr, false), 0, ""};
  if (parsed.file.is_discarded())
    return fail("not valid JSON");
  auto tokenizer = Tokenizer::fromJson(parsed.file.dump());
  if (!tokenizer)
    return failFrom(tokenizer);
  parsed.vocabulary = (*tokenizer)->vocabularySize();
  parsed.hash = vocabularyHash(**tokenizer);
  const JsonText &model = parsed.model();
  if (model.contains("token_ranks") && !model["token_ranks"].is_null())
    return fail("expected a BPE model with a list of merges, found one with \"token_ranks\", as "
                "is made of .tiktoken and SentencePiece files");
  if (!model.contains("merges"))
    return fail("expected a BPE model with a list of merges, found " +
                (model.contains("type") ? model["type"].dump() : "another"));
  if (model.contains("residues") && !model["residues"].is_null())
    return fail("expected a tokenizer that was not pruned before, found one with residues");
  return parsed;
}

Result<Encoded> encode(const Parsed &parsed, const Corpus &corpus, unsigned threads) {
  simdjson::dom::parser parser;
  JsonValue root;
  const std::string text = parsed.part("model").dump();
  if (parser.parse(text).get(root))
    return fail("model: not valid JSON");
  auto model = makeModel(root, "model");
  if (!model)
    return failFrom(model);
  const Vocabulary &vocabulary = (*model)->vocabulary();
  const std::string unknownName = textOf(parsed.part("model"), "unk_token");
  const TokenId unknown = unknownName.empty() ? -1 : vocabulary.find(unknownName);
  struct Part {
    std::vector<uint64_t> counts;
    uint64_t bytes = 0, spelled = 0;
  };
  std::vector<Part> parts(std::max(1u, threads));
  constexpr size_t blockWords = 4096;
  forEach((corpus.words.size() + blockWords - 1) / blockWords, threads,
          [&](size_t block, unsigned thread) {
            Part &part = parts[thread];
            part.counts.resize(std::max(vocabulary.size(), parsed.vocabulary));
            std::vector<TokenId> tokens;
            const size_t end = std::min(corpus.words.size(), (block + 1) * blockWords);
            for (size_t i = block * blockWords; i < end; ++i) {
              const WordCount &word = corpus.words[i];
              tokens.clear();
              (*model)->tokenize(word.text, tokens);
              uint64_t spelled = 0;
              for (TokenId token : tokens) {
                part.counts[static_cast<size_t>(token)] += word.count;
                const std::string_view name = vocabulary.token(token);
                const bool isByte = name.size() == 6 && name.starts_with("<0x");
                spelled += token == unknown ? 0 : isByte ? 1 : name.size();
              }
              part.bytes += word.count * word.text.size();
              part.spelled += word.count * std::min<uint64_t>(spelled, word.text.size());
            }
          });
  Encoded encoded;
  encoded.counts.resize(std::max(vocabulary.size(), parsed.vocabulary));
  uint64_t bytes = 0, spelled = 0;
  for (const Part &part : parts) {
    for (size_t id = 0; id < part.counts.size(); ++id)
      encoded.counts[id] += part.counts[id];
    bytes += part.bytes;
    spelled += part.spelled;
  }
  EncodingFigures &figures = encoded.figures;
  figures.vocabulary = parsed.vocabulary;
  for (uint64_t count : encoded.counts) {
    figures.tokens += count;
    figures.used += count > 0;
  }
  figures.tokensPerByte = double(figures.tokens) / double(corpus.bytes);
  figures.coverage = double(spelled) / double(bytes);
  return encoded;
}

/// Who is merged from what.
struct MergeTree {
  struct Step {
    TokenId token, left, right;
  };
  /// The first merge of each token, in order.
  std::vector<Step> steps;
  std::unordered_set<TokenId> parts;
};

MergeTree treeOf(const JsonText &model) {
  MergeTree tree;
  std::unordered_map<std::string, TokenId> ids;
  for (const auto &[token, id] : model["vocab"].items())
    ids[token] = id.get<TokenId>();
  const std::string prefix = textOf(model, "continuing_subword_prefix");
  std::unordered_set<TokenId> made;
  for (const JsonText &merge : model["merges"]) {
    std::string left, right;
    if (merge.is_string()) {
      const std::string line = merge.get<std::string>();
      if (line.starts_with("#version"))
        continue;
      left = line.substr(0, line.find(' '));
      right = line.substr(left.size() + 1);
    } else {
      left = merge[0].get<std::string>();
      right = merge[1].get<std::string>();
    }
    const TokenId leftId = ids[left], rightId = ids[right];
    const TokenId token = ids[left + right.substr(std::min(prefix.size(), right.size()))];
    tree.parts.insert({leftId, rightId});
    if (made.insert(token).second && !left.empty() && !right.empty())
      tree.steps.push_back({token, leftId, rightId});
  }
  return tree;
}

std::vector<RemovedToken> residuesOf(Parsed &parsed, const Encoded &encoded, double share) {
  const MergeTree tree = treeOf(parsed.model());
  std::unordered_set<TokenId> added;
  for (const JsonText &token : parsed.part("added_tokens"))
    added.insert(token["id"].get<TokenId>());
  std::vector<uint64_t> intermediate(encoded.counts.size());
  std::unordered_map<TokenId, std::string> names;
  for (const auto &[token, id] : parsed.model()["vocab"].items())
    names[id.get<TokenId>()] = token;
  std::vector<RemovedToken> removed;
  // Later merges first: a token has been part of all that is made from it when its turn comes.
  for (auto step = tree.steps.rbegin(); step != tree.steps.rend(); ++step) {
    const uint64_t final = encoded.counts[static_cast<size_t>(step->token)];
    const uint64_t merged = intermediate[static_cast<size_t>(step->token)];
    for (TokenId part : {step->left, step->right})
      intermediate[static_cast<size_t>(part)] += final + merged;
    if (tree.parts.contains(step->token) && !added.contains(step->token) && merged > 0 &&
        double(final) <= share * double(final + merged))
      removed.push_back({step->token, names[step->token], final, merged});
  }
  std::ranges::sort(removed, {}, &RemovedToken::id);
  return removed;
}

/// The new number of an id; one that no token has, and that nothing uses, stays.
TokenId numberOf(const JsonText &id, const std::vector<TokenId> &numbers) {
  const auto old = id.get<TokenId>();
  const bool known = old >= 0 && static_cast<size_t>(old) < numbers.size();
  return known ? numbers[static_cast<size_t>(old)] : old;
}

/// The ids in a post-processor: "ids" of a template's special tokens, and the pairs "sep" and
/// "cls" of others.
void renumberProcessor(JsonText &part, const std::vector<TokenId> &numbers) {
  auto renumber = [&](JsonText &id) { id = numberOf(id, numbers); };
  if (!part.is_object())
    return;
  if (part.contains("processors"))
    for (JsonText &processor : part["processors"])
      renumberProcessor(processor, numbers);
  if (part.contains("special_tokens"))
    for (auto &[name, token] : part["special_tokens"].items())
      for (JsonText &id : token["ids"])
        renumber(id);
  for (const char *key : {"sep", "cls"})
    if (part.contains(key) && part[key].is_array())
      renumber(part[key][1]);
}

Parsed renumbered(const Parsed &parsed, const PrunedTokenizer &pruned) {
  Parsed result = parsed;
  std::vector<TokenId> numbers(parsed.vocabulary);
  TokenId next = 0;
  for (TokenId old : pruned.kept)
    numbers[static_cast<size_t>(old)] = next++;
  JsonText residues = JsonText::array();
  for (const RemovedToken &token : pruned.removed) {
    numbers[static_cast<size_t>(token.id)] = next++;
    residues.push_back(token.token);
  }
  for (auto &[token, id] : result.model()["vocab"].items())
    id = numberOf(id, numbers);
  result.model()["residues"] = std::move(residues);
  if (result.file.contains("added_tokens"))
    for (JsonText &token : result.file["added_tokens"])
      token["id"] = numberOf(token["id"], numbers);
  if (result.file.contains("post_processor"))
    renumberProcessor(result.file["post_processor"], numbers);
  result.vocabulary = pruned.kept.size();
  return result;
}

} // namespace

Result<PrunedTokenizer> pruneTokenizer(std::string_view name, std::string_view json,
                                       const std::vector<std::string> &files,
                                       const PruningOptions &options,
                                       const TrainingProgress &progress) {
  auto parsed = parse(json);
  if (!parsed)
    return fail(std::string(name) + ": " + parsed.error().message);
  auto splitter =
      WordSplitter::make(parsed->part("normalizer").dump(), parsed->part("pre_tokenizer").dump());
  if (!splitter)
    return failFrom(splitter);
  auto corpus = readCorpus(files, *splitter, options.threads, progress);
  if (!corpus)
    return failFrom(corpus);
  auto before = encode(*parsed, *corpus, options.threads);
  if (!before)
    return failFrom(before);

  PrunedTokenizer pruned;
  pruned.corpusBytes = corpus->bytes;
  pruned.removed = residuesOf(*parsed, *before, options.share);
  auto next = pruned.removed.begin();
  for (TokenId id = 0; id < static_cast<TokenId>(parsed->vocabulary); ++id) {
    if (next != pruned.removed.end() && next->id == id)
      ++next;
    else
      pruned.kept.push_back(id);
  }
  pruned.sourceHash = parsed->hash;
  const Parsed result = renumbered(*parsed, pruned);
  pruned.json = result.file.dump(2) + "\n";
  if (auto loads = Tokenizer::fromJson(pruned.json); !loads)
    return fail("the pruned tokenizer does not load: " + loads.error().message);
  auto after = encode(result, *corpus, options.threads);
  if (!after)
    return failFrom(after);
  pruned.before = before->figures;
  pruned.after = after->figures;
  return pruned;
}

} // namespace weft::text
