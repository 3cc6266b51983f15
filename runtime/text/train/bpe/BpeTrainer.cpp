#include "runtime/text/train/bpe/BpeTrainer.h"

#include "runtime/base/Utf8.h"
#include "runtime/text/train/Alphabet.h"

#include <algorithm>
#include <set>

namespace weft::text {

namespace {

/// Those that some word has behind its first, in the order of their code points.
std::set<std::string> charactersInside(const Corpus &corpus) {
  std::set<std::string> characters;
  for (const WordCount &word : corpus.words)
    for (size_t at = charAt(word.text, 0).length; at < word.text.size();) {
      const size_t length = charAt(word.text, at).length;
      characters.insert(word.text.substr(at, length));
      at += length;
    }
  return characters;
}

} // namespace

Result<BpeTrainer> BpeTrainer::make(const Corpus &corpus, BpeOptions options) {
  BpeTrainer trainer;
  trainer.options = std::move(options);
  if (auto done = trainer.addAlphabet(corpus); !done)
    return failFrom(done);
  trainer.addWords(corpus);
  return trainer;
}

uint32_t BpeTrainer::addToken(const std::string &name, uint32_t span) {
  auto [place, added] = ids.try_emplace(name, static_cast<uint32_t>(names.size()));
  if (added) {
    names.push_back(name);
    spans.push_back(span);
  }
  return place->second;
}

uint32_t BpeTrainer::find(const std::string &name) const {
  auto found = ids.find(name);
  return found == ids.end() ? excluded : found->second;
}

Result<void> BpeTrainer::addAlphabet(const Corpus &corpus) {
  for (const std::string &special : options.specials)
    addToken(special, 1);
  std::vector<std::string> characters = options.always;
  const size_t most = std::max(options.alphabet, options.always.size());
  for (auto [code, count] : alphabetOf(corpus, most)) {
    characters.emplace_back();
    appendUtf8(characters.back(), code);
  }
  // In UTF-8 the order of the bytes is that of the code points.
  std::ranges::sort(characters);
  for (const std::string &character : characters)
    addToken(character, 1);
  if (!options.continuing.empty())
    for (const std::string &character : charactersInside(corpus))
      if (find(character) != excluded)
        addToken(options.continuing + character, 1);
  if (!options.wordEnd.empty())
    addToken(options.wordEnd, 1);
  if (names.size() > options.vocabulary)
    return fail("expected a vocabulary of at least " + std::to_string(names.size()) + " tokens (" +
                std::to_string(options.specials.size()) +
                " special ones, the others for single characters), found " +
                std::to_string(options.vocabulary) +
                "; ask for more, or for a smaller alphabet (--limit-alphabet)");
  return {};
}

void BpeTrainer::addWords(const Corpus &corpus) {
  const uint32_t end = options.wordEnd.empty() ? excluded : find(options.wordEnd);
  std::string name;
  for (const WordCount &word : corpus.words) {
    const size_t begin = symbols.size();
    for (size_t at = 0; at < word.text.size();) {
      const Utf8Char c = charAt(word.text, at);
      name = at > 0 ? options.continuing : "";
      name.append(word.text, at, c.length);
      symbols.push_back(find(name));
      at += c.length;
    }
    if (end != excluded)
      symbols.push_back(end);
    words.push_back({begin, static_cast<uint32_t>(symbols.size() - begin), word.count});
  }
}

void BpeTrainer::add(uint32_t left, uint32_t right, uint64_t count, Place place) {
  const uint32_t number = table.numberOf(left, right);
  if (number == pairs.size())
    pairs.emplace_back(left, right);
  Pair &pair = pairs[number];
  pair.count += count;
  if (pair.cursor == pair.words.size() || pair.words.back() != place.word) {
    pair.sorted &= pair.cursor == pair.words.size() || pair.words.back() < place.word;
    pair.words.push_back(place.word);
  }
  const uint32_t now = static_cast<uint32_t>(steps.size()) + 1;
  if (pair.touched != now) {
    pair.touched = now;
    touched.push_back({number, place});
  }
}

void BpeTrainer::remove(uint32_t left, uint32_t right, uint64_t count) {
  pairs[table.numberOf(left, right)].count -= count;
}

void BpeTrainer::consider(uint32_t pair, Place place) {
  if (pairs[pair].count < std::max<uint64_t>(1, options.minFrequency))
    return;
  queue.push_back({pairs[pair].count, place, pair});
  std::push_heap(queue.begin(), queue.end());
}

void BpeTrainer::countPairs() {
  for (uint32_t number = 0; number < words.size(); ++number) {
    const Word &word = words[number];
    const uint32_t *symbol = symbols.data() + word.begin;
    for (uint32_t i = 0; i + 1 < word.length; ++i)
      if (symbol[i] != excluded && symbol[i + 1] != excluded)
        add(symbol[i], symbol[i + 1], word.count, {number, i});
  }
  for (const Touched &pair : touched)
    consider(pair.pair, pair.place);
}

BpeTrainer::Place BpeTrainer::firstPlace(Pair &pair) {
  if (!pair.sorted) {
    std::sort(pair.words.begin() + pair.cursor, pair.words.end());
    pair.sorted = true;
  }
  for (; pair.cursor < pair.words.size(); ++pair.cursor) {
    const uint32_t number = pair.words[pair.cursor];
    const Word &word = words[number];
    const uint32_t *symbol = symbols.data() + word.begin;
    uint32_t offset = 0;
    for (uint32_t i = 0; i + 1 < word.length; offset += spanOf(symbol[i++]))
      if (symbol[i] == pair.left && symbol[i + 1] == pair.right)
        return {number, offset};
  }
  return {~uint32_t(0), 0};
}

bool BpeTrainer::next(uint32_t &pair) {
  while (!queue.empty()) {
    std::pop_heap(queue.begin(), queue.end());
    const Candidate best = queue.back();
    queue.pop_back();
    Pair &known = pairs[best.pair];
    // One that has grown since is in the queue once more.
    if (known.count == 0 || best.count < known.count)
      continue;
    const Place place = firstPlace(known);
    if (best.count == known.count && best.place == place) {
      pair = best.pair;
      return true;
    }
    consider(best.pair, place);
  }
  return false;
}

void BpeTrainer::mergeInWord(uint32_t number, uint32_t left, uint32_t right, uint32_t token) {
  Word &word = words[number];
  uint32_t *symbol = symbols.data() + word.begin;
  uint32_t kept = 0, offset = 0;
  for (uint32_t i = 0; i < word.length;) {
    if (symbol[i] != left || i + 1 == word.length || symbol[i + 1] != right) {
      offset += spanOf(symbol[i]);
      symbol[kept++] = symbol[i++];
      continue;
    }
    const uint32_t before = kept > 0 ? symbol[kept - 1] : excluded;
    const uint32_t after = i + 2 < word.length ? symbol[i + 2] : excluded;
    remove(left, right, word.count);
    if (before != excluded) {
      remove(before, left, word.count);
      add(before, token, word.count, {number, offset - spanOf(before)});
    }
    if (after != excluded) {
      remove(right, after, word.count);
      add(token, after, word.count, {number, offset});
    }
    offset += spanOf(token);
    symbol[kept++] = token;
    i += 2;
  }
  word.length = kept;
}

void BpeTrainer::merge(uint32_t number) {
  Pair &pair = pairs[number];
  const uint32_t left = pair.left, right = pair.right;
  std::string name = names[left];
  // A special token that a corpus spells out is not such a part.
  const bool continues = names[right].starts_with(options.continuing);
  name.append(names[right], continues ? options.continuing.size() : 0);
  const uint32_t token = addToken(name, spans[left] + spans[right]);
  const uint64_t count = pair.count;
  std::vector<uint32_t> visited = std::move(pair.words);
  const uint32_t cursor = pair.cursor;
  pair.words.clear();
  pair.cursor = 0;
  pair.sorted = true;
  touched.clear();
  for (size_t i = cursor; i < visited.size(); ++i)
    if (i == cursor || visited[i] != visited[i - 1])
      mergeInWord(visited[i], left, right, token);
  steps.push_back({left, right, token, count});
  for (const Touched &added : touched)
    consider(added.pair, added.place);
}

void BpeTrainer::run(const TrainingProgress &progress) {
  countPairs();
  const size_t begin = names.size();
  for (uint32_t pair; names.size() < options.vocabulary && next(pair);) {
    merge(pair);
    progress("merging", double(names.size() - begin) / double(options.vocabulary - begin));
  }
}

std::vector<uint32_t> BpeTrainer::tokensOf(size_t number) const {
  const Word &word = words[number];
  std::vector<uint32_t> tokens(symbols.begin() + word.begin,
                               symbols.begin() + word.begin + word.length);
  std::erase(tokens, excluded);
  return tokens;
}

} // namespace weft::text
