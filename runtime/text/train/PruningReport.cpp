#include "runtime/text/train/PruningReport.h"

#include "runtime/artifact/SegmentHash.h"
#include "runtime/text/tokenizer/Json.h"
#include "runtime/text/train/Prune.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace weft::text {

namespace {

constexpr const char *format = "weft pruned vocabulary 1";

nlohmann::ordered_json figuresJson(const EncodingFigures &figures) {
  return {{"vocabulary", figures.vocabulary},
          {"used", figures.used},
          {"tokens", figures.tokens},
          {"tokens_per_byte", figures.tokensPerByte},
          {"coverage", figures.coverage}};
}

} // namespace

std::string pruningReport(const PrunedTokenizer &pruned, const PruningOptions &options) {
  nlohmann::ordered_json removed = nlohmann::ordered_json::array();
  for (const RemovedToken &token : pruned.removed)
    removed.push_back({{"id", token.id},
                       {"token", token.token},
                       {"final", token.final},
                       {"intermediate", token.intermediate}});
  const nlohmann::ordered_json report = {{"format", format},
                                         {"source_hash", pruned.sourceHash},
                                         {"share", options.share},
                                         {"corpus_bytes", pruned.corpusBytes},
                                         {"before", figuresJson(pruned.before)},
                                         {"after", figuresJson(pruned.after)},
                                         {"removed", std::move(removed)},
                                         {"kept", pruned.kept},
                                         {"tokenizer", pruned.json}};
  return report.dump(1) + "\n";
}

Result<PrunedVocabulary> readPruningReport(std::string_view text) {
  simdjson::dom::parser parser;
  JsonValue root;
  if (parser.parse(text.data(), text.size()).get(root))
    return fail("expected a report of `weft tokenizer prune`, found no JSON");
  auto report = Fields::of(root, "");
  if (!report)
    return failFrom(report);
  auto found = report->string("format");
  if (!found)
    return failFrom(found);
  if (*found != format)
    return fail("format: expected \"" + std::string(format) + "\", found " + inQuotes(*found));
  PrunedVocabulary pruned;
  auto hash = report->string("source_hash"), tokenizer = report->string("tokenizer");
  if (!hash || !tokenizer)
    return failFrom(hash ? tokenizer : hash);
  pruned.sourceHash = *hash;
  pruned.tokenizerJson = *tokenizer;
  auto kept = report->array("kept");
  if (!kept)
    return failFrom(kept);
  for (JsonValue value : *kept) {
    auto id = asTokenId(value, "kept");
    if (!id)
      return failFrom(id);
    if (!pruned.kept.empty() && *id <= pruned.kept.back())
      return fail("kept: expected ids that ascend, found " + std::to_string(*id) + " after " +
                  std::to_string(pruned.kept.back()));
    pruned.kept.push_back(*id);
  }
  if (pruned.kept.empty())
    return fail("kept: expected ids, found none");
  return pruned;
}

std::string vocabularyHash(const Tokenizer &tokenizer) {
  SegmentHasher hasher;
  for (size_t id = 0; id < tokenizer.vocabularySize(); ++id) {
    const std::string_view token = tokenizer.token(static_cast<TokenId>(id));
    const uint64_t length = token.size();
    hasher.update(std::as_bytes(std::span(&length, 1)));
    hasher.update(std::as_bytes(std::span(token)));
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hasher.finish()));
  return text;
}

} // namespace weft::text
