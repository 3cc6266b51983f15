// How much faster one model decodes than another: a few tokens of each in turn, in one
// process, so that both see the same machine. Its bandwidth may double from one second to the
// next as neighbours come and go; runs one after the other compare that.
#include "runtime/complete/LoadedModel.h"
#include "runtime/generate/Decoder.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace weft;

namespace {

constexpr uint64_t context = 64, tokens = 4;

[[noreturn]] void refuse(const std::string &why) {
  std::fprintf(stderr, "decode_pairs: %s\n", why.c_str());
  std::exit(1);
}

cli::LoadedModel open(const std::string &path) {
  cli::LoadOptions options;
  options.path = path;
  options.session.context = context;
  Result<cli::LoadedModel> model = cli::openModel(options);
  if (!model)
    refuse(model.error().message);
  return std::move(*model);
}

/// Seconds of `count` tokens, one by one, over the same positions each time.
double decode(Decoder &decoder, uint64_t count) {
  auto begin = std::chrono::steady_clock::now();
  for (uint64_t i = 0; i < count; ++i) {
    int32_t token = int32_t(i % decoder.vocabulary());
    auto fed = feed(decoder, std::span(&token, 1), i, 0,
                    [](uint64_t, std::span<const float>) -> Result<void> { return {}; });
    if (!fed)
      refuse(fed.error().message);
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double quantile(std::vector<double> values, double part) {
  std::ranges::sort(values);
  return values[size_t(part * double(values.size() - 1) + 0.5)];
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 3 || argc > 4)
    refuse("expected: decode_pairs A.weft B.weft [ROUNDS]");
  const int rounds = argc == 4 ? std::atoi(argv[3]) : 200;
  if (rounds < 1)
    refuse(std::string("expected a number of rounds of at least 1, found ") + argv[3]);
  std::array<cli::LoadedModel, 2> models{open(argv[1]), open(argv[2])};
  std::array<SessionDecoder, 2> decoders{SessionDecoder(*models[0].session),
                                         SessionDecoder(*models[1].session)};
  std::array<std::vector<double>, 2> seconds;
  std::vector<double> ratios;
  for (int round = 0; round < rounds; ++round) {
    std::array<double, 2> took{};
    for (int i : {round % 2, 1 - round % 2}) {
      decode(decoders[i], 1); // Wakes the threads, and lets those of the other go to sleep.
      took[i] = decode(decoders[i], tokens);
      seconds[i].push_back(took[i] / tokens);
    }
    ratios.push_back(took[0] / took[1]);
  }
  for (int i : {0, 1})
    std::printf("%s: median %.2f ms a token (quartiles %.2f-%.2f)\n", argv[1 + i],
                1e3 * quantile(seconds[i], 0.5), 1e3 * quantile(seconds[i], 0.25),
                1e3 * quantile(seconds[i], 0.75));
  std::printf("B is %.3f times as fast: median of %d pairs (quartiles %.3f-%.3f)\n",
              quantile(ratios, 0.5), rounds, quantile(ratios, 0.25), quantile(ratios, 0.75));
}
