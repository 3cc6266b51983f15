// weft verify: whether an artifact is whole, and who signed it.
#include "runtime/artifact/Verify.h"
#include "runtime/artifact/Signing.h"
#include "runtime/base/Quotes.h"
#include "runtime/cli/Command.h"
#include "runtime/cli/report/Json.h"
#include "runtime/cli/terminal/Output.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>
#include <thread>

namespace weft::cli {

namespace {

struct VerifyOptions {
  std::string model, publicKey, signature;
  bool json = false;
};

Result<int> verifyModel(const VerifyOptions &options) {
  const unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  std::string signer;
  auto artifact = Artifact::open(options.model, threads);
  if (!artifact)
    return failFrom(artifact);
  if (options.publicKey.empty()) {
    if (auto verified = verifyDigests(*artifact, threads); !verified)
      return fail(inQuotes(options.model) + ": " + verified.error().message);
  } else {
    auto key = sign::Key::readPublic(options.publicKey);
    if (!key)
      return failFrom(key);
    const std::string signature =
        options.signature.empty() ? signaturePath(options.model) : options.signature;
    if (auto verified = verifySignature(*artifact, signature, *key, threads); !verified)
      return failFrom(verified);
    signer = key->id();
  }
  size_t segments = 0;
  for (const verify::NamedSegment &named : verify::segmentsOf(artifact->metadata()))
    segments += named.segment->bytes() > 0;
  if (options.json) {
    Json json = {{"model", options.model}, {"segments", segments}};
    json["signed_by"] = signer.empty() ? Json() : Json(signer);
    if (auto written = writeJson(json); !written)
      return failFrom(written);
    return exitDone;
  }
  const std::string text = fmt::format(
      "{}: {} segments are as their SHA-256 says; {}\n", onOneLine(options.model, 4096), segments,
      signer.empty() ? "no signature was asked for (--public-key)" : "signed by key " + signer);
  if (auto written = writeOutput(text); !written)
    return failFrom(written);
  return exitDone;
}

} // namespace

Command addVerify(CLI::App &weft) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App *app =
      weft.add_subcommand("verify", "Check that a model is undamaged, and who signed it");
  app->add_option("model", options->model, "A .weft file, made by weftc")
      ->required()
      ->type_name("MODEL");
  auto *key =
      app->add_option("--public-key", options->publicKey,
                      "Require a signature by the owner of this public key: Ed25519, in a PEM file")
          ->type_name("FILE");
  app->add_option("--signature", options->signature, "The signature file (default: MODEL.sig)")
      ->type_name("FILE")
      ->needs(key);
  app->add_flag("--json", options->json, "Write one JSON object");
  app->footer(
      "Checks the structure of the file, the SHA-256 of every segment and, with --public-key, the\n"
      "signature. Any mismatch is an error.\n"
      "Examples:\n"
      "  weft verify model.weft\n"
      "  weft verify model.weft --public-key me.pub.pem --json");
  return {app, [options] { return verifyModel(*options); }};
}

} // namespace weft::cli
