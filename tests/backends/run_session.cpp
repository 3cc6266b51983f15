// The runtime as a program of few needs, to be built for a processor that this machine only
// emulates:
//   run_session calls MODEL              runs from standard input, f32 logits to standard output
//   run_session write MODEL COUNT ID...  the COUNT most likely tokens after some, one by one

#include "conformance/SessionRun.h"
#include "runtime/generate/Generator.h"

#include <cstdlib>
#include <iostream>

namespace weft::test {

using conformance::read;
using conformance::runSession;
using conformance::SessionRun;

namespace {

Result<void> answerCalls(const std::string &model) {
  SessionRun run;
  while (read(std::cin, run)) {
    auto logits = runSession(model, run);
    if (!logits)
      return failFrom(logits);
    std::cout.write(reinterpret_cast<const char *>(logits->data()), logits->size() * sizeof(float));
  }
  if (!std::cin.eof())
    return fail("expected runs as write() gives them on standard input");
  return {};
}

Result<void> writeTokens(const std::string &model, uint64_t count, std::vector<int32_t> prompt) {
  auto artifact = Artifact::open(model);
  if (!artifact)
    return failFrom(artifact);
  auto session = Session::open(*artifact, {});
  auto sampler = Sampler::make({.temperature = 0});
  if (!session)
    return failFrom(session);
  if (!sampler)
    return failFrom(sampler);
  const auto *ids = artifact->metadata().text()->endIds();
  std::vector<int32_t> endIds(ids->begin(), ids->end());
  SessionDecoder decoder(**session);
  auto done = generate(decoder, *sampler, prompt, {.newTokens = count, .endIds = endIds},
                       [](const NewToken &token) { return bool(std::cout << token.id << '\n'); });
  if (!done)
    return failFrom(done);
  return {};
}

Result<void> run(const std::vector<std::string> &arguments) {
  if (arguments.size() == 2 && arguments[0] == "calls")
    return answerCalls(arguments[1]);
  if (arguments.size() > 3 && arguments[0] == "write") {
    std::vector<int32_t> prompt;
    for (size_t i = 3; i < arguments.size(); ++i)
      prompt.push_back(std::atoi(arguments[i].c_str()));
    return writeTokens(arguments[1], std::strtoull(arguments[2].c_str(), nullptr, 10), prompt);
  }
  return fail("expected calls MODEL, or write MODEL COUNT ID...");
}

} // namespace
} // namespace weft::test

int main(int argc, char **argv) {
  auto done = weft::test::run({argv + 1, argv + argc});
  if (!done)
    std::cerr << done.error().message << '\n';
  return done ? 0 : 1;
}
