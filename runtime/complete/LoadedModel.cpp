#include "runtime/complete/LoadedModel.h"

#include "runtime/cli/options/Arguments.h"
#include "runtime/artifact/Signing.h"
#include "runtime/device/Registry.h"
#include "runtime/device/ProcessorShare.h"
#include "runtime/base/SecondsSince.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>

namespace weft::cli {

void addModelPath(CLI::App &command, LoadOptions &options) {
  command.add_option("model", options.path, "A .weft file")->required()->type_name("MODEL");
  command
      .add_option("--require-signed", options.requireSigned,
                  "Run only what the owner of this public key signed (weft sign): MODEL.sig must be "
                  "there")
      ->type_name("FILE");
}

void addSessionOptions(CLI::App &command, LoadOptions &options) {
  const OptionGroup group(command, "Machine and memory");
  command
      .add_option("--device", options.session.device,
                  "What runs the model, of several the N-th as NAME:N (weft --list-devices)")
      ->type_name("NAME")
      ->capture_default_str();
  command
      .add_option("--plugin", options.plugins,
                  "A shared library with a device, by path or from $WEFT_PLUGIN_PATH; more by "
                  "giving it again")
      ->type_name("FILE")
      ->expected(1)
      ->take_all();
  command
      .add_option("-t,--threads", options.session.threads,
                  "Threads of the CPU (default: one for each processor that the process may use)")
      ->type_name("N")
      ->check(wholeNumber(1, 1024));
  command
      .add_option("--context", options.session.context,
                  "Positions that a text may have (default: the model's own, at most 4096)")
      ->type_name("N")
      ->check(wholeNumber(1, mostTokens));
  command
      .add_option("--batch", options.session.tokens, "Most tokens that one call of the model reads")
      ->type_name("N")
      ->check(wholeNumber(1, 1 << 20))
      ->capture_default_str();
}

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
    auto verified = verifySignature(*artifact, signaturePath(options.path), *key,
                                    threadsFor(options.session));
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

unsigned threadsFor(const SessionOptions &options) {
  return options.threads ? options.threads : availableProcessors();
}

uint64_t affordableRows(uint32_t vocabulary, uint64_t tokens) {
  const uint64_t rowBytes = sizeof(float) * std::max<uint64_t>(vocabulary, 1);
  return std::clamp<uint64_t>((uint64_t(64) << 20) / rowBytes, 1, tokens);
}

} // namespace weft::cli
