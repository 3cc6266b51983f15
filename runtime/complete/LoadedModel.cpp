#include "runtime/complete/LoadedModel.h"

#include "runtime/artifact/Signing.h"
#include "runtime/base/ProcessorShare.h"
#include "runtime/base/SecondsSince.h"
#include "runtime/device/Registry.h"

#include <algorithm>
#include <fmt/format.h>

namespace weft::complete {

std::vector<int32_t> LoadedModel::endIds() const {
  const auto *ids = metadata().text()->endIds();
  return {ids->begin(), ids->end()};
}

Result<LoadedModel> openArtifact(const LoadOptions &options) {
  const auto start = std::chrono::steady_clock::now();
  for (const std::string &plugin : options.plugins)
    if (auto loaded = loadDevicePlugin(plugin); !loaded)
      return failFrom(loaded);
  auto artifact = Artifact::open(options.path, threadsFor(options.session));
  if (!artifact)
    return failFrom(artifact);
  if (!options.requireSigned.empty()) {
    auto key = sign::Key::readPublic(options.requireSigned);
    if (!key)
      return failFrom(key);
    auto verified =
        verifySignature(*artifact, signaturePath(options.path), *key, threadsFor(options.session));
    if (!verified)
      return failFrom(verified);
  }
  LoadedModel model;
  model.artifact = std::make_unique<const Artifact>(std::move(*artifact));
  model.loadSeconds = secondsSince(start);
  return model;
}

Result<void> openSession(LoadedModel &model, const SessionOptions &options) {
  const auto start = std::chrono::steady_clock::now();
  auto session = Session::open(*model.artifact, options);
  if (!session)
    return failFrom(session);
  model.session = std::move(*session);
  model.loadSeconds += secondsSince(start);
  return {};
}

Result<LoadedModel> openModel(const LoadOptions &options) {
  auto model = openArtifact(options);
  if (!model)
    return model;
  if (auto opened = openSession(*model, options.session); !opened)
    return failFrom(opened);
  return model;
}

Result<std::unique_ptr<text::Tokenizer>> openTokenizer(const Artifact &artifact) {
  const auto bytes = artifact.segment(*artifact.metadata().text()->tokenizer());
  if (bytes.empty())
    return fail(fmt::format("{} has no tokenizer; compile it from a checkpoint that has one",
                            artifact.path()));
  return text::Tokenizer::fromJson({reinterpret_cast<const char *>(bytes.data()), bytes.size()});
}

std::vector<int32_t> encodePrompt(const LoadedModel &model, const text::Tokenizer &tokenizer,
                                  std::string_view prompt) {
  std::vector<int32_t> ids = tokenizer.encodePrompt(prompt);
  if (const int32_t begin = model.metadata().text()->beginId(); ids.empty() && begin >= 0)
    ids.push_back(begin);
  return ids;
}

unsigned threadsFor(const SessionOptions &options) {
  return options.threads ? options.threads : availableProcessors();
}

uint64_t affordableRows(uint32_t vocabulary, uint64_t tokens) {
  const uint64_t rowBytes = sizeof(float) * std::max<uint64_t>(vocabulary, 1);
  return std::clamp<uint64_t>((uint64_t(64) << 20) / rowBytes, 1, tokens);
}

} // namespace weft::complete
