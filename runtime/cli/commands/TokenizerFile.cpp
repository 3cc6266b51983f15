#include "runtime/cli/commands/TokenizerFile.h"

#include "runtime/artifact/Artifact.h"
#include "runtime/cli/options/Arguments.h"
#include "runtime/text/formats/SentencePieceModel.h"
#include "runtime/text/formats/Tiktoken.h"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>

namespace weft::cli {

namespace {

/// Whether the file says that it is an artifact; whether it is a good one is for
/// Artifact::open to find out. A pipe is left alone: what is read of it is gone.
bool looksLikeArtifact(const std::string &path) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(path, none))
    return false;
  char magic[4] = {};
  std::ifstream(path, std::ios::binary).read(magic, sizeof magic);
  return std::string_view(magic, sizeof magic) == "WEFT";
}

Result<std::string> ofArtifact(const std::string &path) {
  auto artifact = Artifact::open(path);
  if (!artifact)
    return failFrom(artifact);
  const auto bytes = artifact->segment(*artifact->metadata().text()->tokenizer());
  if (bytes.empty())
    return fail(
        fmt::format("{} has no tokenizer; compile it from a checkpoint that has one", path));
  return std::string(reinterpret_cast<const char *>(bytes.data()), bytes.size());
}

Result<std::string> converted(std::string file, const std::filesystem::path &name) {
  if (file.starts_with("GGUF"))
    return fail("expected a tokenizer, found a GGUF file; compile it with weftc, and take the "
                ".weft file");
  if (file.starts_with("WEFT"))
    return fail("expected a .weft file that can be mapped, found one in a pipe");
  if (name.extension() == ".tiktoken")
    return text::tiktokenAsJson(file, name.stem().string());
  if (name.extension() == ".model")
    return text::looksLikeTiktoken(file) ? text::tiktokenAsJson(file, "llama3")
                                         : text::sentencePieceAsJson(file);
  return file;
}

} // namespace

Result<std::string> readTokenizerJson(const std::string &path) {
  if (looksLikeArtifact(path) || path.ends_with(".weft"))
    return ofArtifact(path);
  auto file = readAll(path);
  if (!file)
    return file;
  auto json = converted(std::move(*file), path);
  if (!json)
    return fail(fmt::format("{}: {}", path, json.error().message));
  return json;
}

} // namespace weft::cli
