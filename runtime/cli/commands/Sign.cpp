// weft sign: says who made an artifact.
#include "runtime/artifact/Signing.h"
#include "runtime/base/NewFile.h"
#include "runtime/base/Quotes.h"
#include "runtime/cli/Command.h"
#include "runtime/cli/terminal/Output.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>
#include <sys/stat.h>
#include <thread>

namespace weft::cli {

namespace {

struct SignOptions {
  std::string model, key, output, newKey;
};

/// Writes NAME.pem, which nobody else may read, and NAME.pub.pem. Neither may exist: a key that is
/// lost cannot be made again.
Result<int> makeKey(const std::string &name) {
  const std::string secret = name + ".pem", open = name + ".pub.pem";
  struct stat status;
  for (const std::string &path : {secret, open})
    if (stat(path.c_str(), &status) == 0)
      return fail(inQuotes(path) + " exists; name another key, or remove it first");
  auto key = sign::Key::generate();
  if (!key)
    return failFrom(key);
  const mode_t before = umask(0077);
  auto written = writeNewFile(secret, key->privatePem());
  umask(before);
  if (written)
    written = writeNewFile(open, key->publicPem());
  if (!written)
    return failFrom(written);
  writeError(fmt::format("key {}: keep {} to yourself, give {} to others\n", key->id(),
                         inQuotes(secret), inQuotes(open)));
  return exitDone;
}

Result<int> signModel(const SignOptions &options) {
  auto key = sign::Key::readPrivate(options.key);
  if (!key)
    return failFrom(key);
  const unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  auto artifact = Artifact::open(options.model, threads);
  if (!artifact)
    return failFrom(artifact);
  auto signature = signArtifact(*artifact, *key, threads);
  if (!signature)
    return failFrom(signature);
  const std::string path = options.output.empty() ? signaturePath(options.model) : options.output;
  if (auto written = writeNewFile(path, *signature); !written)
    return failFrom(written);
  writeError(fmt::format("signed by key {}: {}\n", key->id(), inQuotes(path)));
  return exitDone;
}

} // namespace

Command addSign(CLI::App &weft) {
  auto options = std::make_shared<SignOptions>();
  CLI::App *app = weft.add_subcommand("sign", "Sign a model, or make a key pair for signing");
  auto *model =
      app->add_option("model", options->model, "A .weft file, made by weftc")->type_name("MODEL");
  auto *key =
      app->add_option("--key", options->key, "Sign with this private key: Ed25519, in a PEM file")
          ->type_name("FILE")
          ->needs(model);
  app->add_option("-o,--output", options->output,
                  "Write the signature to this file (default: MODEL.sig)")
      ->type_name("FILE")
      ->needs(key);
  model->needs(key);
  app->add_option("--new-key", options->newKey,
                  "Make a key pair instead of signing: NAME.pem is the private key, NAME.pub.pem "
                  "the public one")
      ->type_name("NAME")
      ->excludes(model)
      ->excludes(key);
  app->footer("The signature (Ed25519, detached) covers the whole file, by the SHA-256 of each of "
              "its segments.\n"
              "Keys made by `openssl genpkey -algorithm ed25519` work too, without a passphrase.\n"
              "Examples:\n"
              "  weft sign --new-key me\n"
              "  weft sign model.weft --key me.pem\n"
              "  weft verify model.weft --public-key me.pub.pem\n"
              "  weft run model.weft --require-signed me.pub.pem -p \"Once upon a time\"");
  return {app, [options]() -> Result<int> {
            if (!options->newKey.empty())
              return makeKey(options->newKey);
            if (options->model.empty())
              return fail("expected a model and --key, or --new-key (see weft sign --help)");
            return signModel(*options);
          }};
}

} // namespace weft::cli
