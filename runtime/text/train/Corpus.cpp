#include "runtime/text/train/Corpus.h"

#include "runtime/base/MappedFile.h"
#include "runtime/base/Utf8.h"
#include "runtime/text/train/Parallel.h"
#include "runtime/text/train/WordTable.h"

#include <algorithm>
#include <mutex>

namespace weft::text {

namespace {

/// Small enough that threads end together, and few enough that they seldom meet.
constexpr size_t chunkBytes = size_t(1) << 20;
/// Lines that are cut together: what the pieces of a text cost is paid once for all of them.
constexpr size_t batchBytes = size_t(16) << 10;

template <typename Component>
Result<std::unique_ptr<Component>>
makePart(std::string_view json, std::string name,
         Result<std::unique_ptr<Component>> (*make)(JsonValue, std::string)) {
  simdjson::dom::parser parser;
  JsonValue root;
  if (parser.parse(json.data(), json.size()).get(root))
    return fail(name + ": not valid JSON");
  if (root.is_null())
    return nullptr;
  return make(root, std::move(name));
}

/// Cuts `bytes` behind ends of lines into chunks of about chunkBytes.
void appendChunks(std::string_view bytes, std::vector<std::string_view> &chunks) {
  while (!bytes.empty()) {
    size_t end = bytes.size() <= chunkBytes ? std::string_view::npos : bytes.find('\n', chunkBytes);
    end = end == std::string_view::npos ? bytes.size() : end + 1;
    chunks.push_back(bytes.substr(0, end));
    bytes.remove_prefix(end);
  }
}

Result<std::vector<MappedFile>> openFiles(const std::vector<std::string> &files) {
  std::vector<MappedFile> open;
  for (const std::string &file : files) {
    auto mapped = MappedFile::open(file);
    if (!mapped)
      return failFrom(mapped);
    open.push_back(std::move(*mapped));
  }
  return open;
}

/// The words of all tables in the order of their first places.
std::vector<WordCount> inOrder(std::vector<WordTable> &tables) {
  WordTable &all = tables.front();
  for (size_t i = 1; i < tables.size(); ++i)
    all.add(tables[i]);
  std::vector<const WordTable::Word *> order;
  for (const WordTable::Word &word : all.all())
    order.push_back(&word);
  std::ranges::sort(order, {}, [](const WordTable::Word *word) { return word->first; });
  std::vector<WordCount> words;
  words.reserve(order.size());
  for (const WordTable::Word *word : order)
    words.push_back({std::string(all.textOf(*word)), word->count});
  return words;
}

} // namespace

Result<WordSplitter> WordSplitter::make(std::string_view normalizer,
                                        std::string_view preTokenizer) {
  WordSplitter splitter;
  auto first = makePart<Normalizer>(normalizer, "normalizer", makeNormalizer);
  if (!first)
    return failFrom(first);
  auto second = makePart<PreTokenizer>(preTokenizer, "pre_tokenizer", makePreTokenizer);
  if (!second)
    return failFrom(second);
  splitter.normalizer = std::move(*first);
  splitter.preTokenizer = std::move(*second);
  return splitter;
}

void WordSplitter::split(std::string_view text,
                         const std::function<void(std::string_view)> &visit) const {
  while (!text.empty()) {
    Pieces pieces;
    for (size_t taken = 0; taken < batchBytes && !text.empty();) {
      const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
      std::string line(text.substr(0, end));
      text.remove_prefix(end);
      taken += end;
      if (normalizer)
        normalizer->normalize(line);
      pieces.addText(line, true);
    }
    if (preTokenizer)
      preTokenizer->apply(pieces);
    for (const Piece &piece : pieces.all())
      visit(pieces.textOf(piece));
  }
}

Result<Corpus> readCorpus(const std::vector<std::string> &files, const WordSplitter &splitter,
                          unsigned threads, const TrainingProgress &progress) {
  auto open = openFiles(files);
  if (!open)
    return failFrom(open);
  Corpus corpus;
  std::vector<std::string_view> chunks;
  for (const MappedFile &file : *open) {
    std::span<const std::byte> bytes = file.bytes();
    corpus.bytes += bytes.size();
    appendChunks({reinterpret_cast<const char *>(bytes.data()), bytes.size()}, chunks);
  }
  std::vector<WordTable> tables(std::max(1u, threads));
  std::mutex reporting;
  size_t done = 0;
  forEach(chunks.size(), threads, [&](size_t chunk, unsigned thread) {
    std::string repaired;
    std::string_view text = chunks[chunk];
    if (!isValidUtf8(text)) {
      repaired = repairUtf8(text);
      text = repaired;
    }
    uint64_t place = uint64_t(chunk) << 32;
    splitter.split(text, [&](std::string_view word) { tables[thread].add(word, 1, place++); });
    std::lock_guard lock(reporting);
    progress("reading", double(++done) / double(chunks.size()));
  });
  corpus.words = inOrder(tables);
  if (corpus.words.empty())
    return fail("expected text to train on, found no word in " + files.front());
  return corpus;
}

} // namespace weft::text
