#include "compiler/ReadText.h"

#include "models/PruneVocabulary.h"
#include "runtime/artifact/Verify.h"
#include "runtime/base/MappedFile.h"
#include "runtime/text/jinja/Template.h"
#include "runtime/text/tokenizer/Tokenizer.h"
#include "runtime/text/train/PruningReport.h"

#include <fmt/format.h>

#include <algorithm>

namespace weft {

static std::string_view textOf(const MappedFile &file) {
  return {reinterpret_cast<const char *>(file.bytes().data()), file.bytes().size()};
}

Result<void> readTokenizer(const CompilationOptions &options, ArtifactParts &parts,
                           ProgressReport &report) {
  if (options.tokenizer.empty()) {
    if (parts.tokenizerJson.empty())
      return {};
    if (auto read = text::Tokenizer::fromJson(parts.tokenizerJson); !read)
      report.remark(
          fmt::format("'{}': its tokenizer cannot be used, so the artifact takes token ids "
                      "and no text: {}",
                      options.input, read.error().message));
    return {};
  }
  Result<MappedFile> file = MappedFile::open(options.tokenizer);
  if (!file)
    return failFrom(file);
  parts.tokenizerJson = textOf(*file);
  if (auto read = text::Tokenizer::fromJson(parts.tokenizerJson); !read)
    return fail(options.tokenizer + ": " + read.error().message);
  return {};
}

Result<void> readChatTemplate(const CompilationOptions &options, ArtifactParts &parts) {
  using jinja::Template;
  if (options.chatTemplate.empty()) {
    if (parts.chatTemplate.size() > Template::longestSource)
      return fail(fmt::format("'{}': expected a chat template of at most {} bytes, found {}",
                              options.input, Template::longestSource, parts.chatTemplate.size()));
    return {};
  }
  Result<MappedFile> file = MappedFile::open(options.chatTemplate);
  if (!file)
    return failFrom(file);
  parts.chatTemplate = textOf(*file);
  if (auto parsed = Template::parse(parts.chatTemplate); !parsed)
    return fail(options.chatTemplate + ": " + parsed.error().message);
  return {};
}

Result<void> checkTokens(const ArtifactParts &parts, int64_t vocabulary, const std::string &model) {
  auto check = [&](const char *what, int32_t id) -> Result<void> {
    if (id < vocabulary)
      return {};
    return fail(fmt::format("'{}': expected {} token below the vocabulary of {}, found {}", model,
                            what, vocabulary, id));
  };
  for (const std::string *text : {&parts.beginToken, &parts.endToken})
    if (text->size() > verify::longestTokenText)
      return fail(fmt::format("'{}': expected begin and end tokens of at most {} bytes, found {}",
                              model, verify::longestTokenText, text->size()));
  for (int32_t id : parts.endIds)
    if (auto known = check("an end", id); !known)
      return known;
  return check("a begin", parts.beginId);
}

static Result<void> prune(const text::PrunedVocabulary &pruned, mlir::ModuleOp module,
                          ArtifactParts &parts) {
  if (parts.tokenizerJson.empty())
    return fail("expected a model with a tokenizer, found none");
  auto tokenizer = text::Tokenizer::fromJson(parts.tokenizerJson);
  if (!tokenizer)
    return failFrom(tokenizer);
  if (std::string hash = text::vocabularyHash(**tokenizer); hash != pruned.sourceHash)
    return fail("expected the report on this model's tokenizer, whose hash is " + hash +
                ", found one on a tokenizer with hash " + pruned.sourceHash);
  std::span<const int32_t> kept = pruned.kept;
  if (Result<void> done = pruneVocabulary(module, kept); !done)
    return done;
  parts.tokenizerJson = pruned.tokenizerJson;
  auto renumber = [&](int32_t &id) {
    auto place = std::ranges::lower_bound(kept, id);
    bool stays = place != kept.end() && *place == id;
    id = stays ? int32_t(place - kept.begin()) : -1;
  };
  renumber(parts.beginId);
  for (int32_t &id : parts.endIds)
    renumber(id);
  std::erase(parts.endIds, -1);
  return {};
}

Result<void> pruneTokens(const std::string &report, mlir::ModuleOp module, ArtifactParts &parts) {
  Result<MappedFile> file = MappedFile::open(report);
  if (!file)
    return failFrom(file);
  Result<void> done;
  if (auto pruned = text::readPruningReport(textOf(*file)); !pruned)
    done = failFrom(pruned);
  else
    done = prune(*pruned, module, parts);
  return done ? done : fail(report + ": " + done.error().message);
}

} // namespace weft
