// Times encode() alone: tokenizer_benchmark TOKENIZER TEXT DOCUMENT_BYTES [ROUNDS]
// Cuts TEXT into documents of that many bytes, at line ends, encodes each of them ROUNDS times
// over on one thread, and prints a line of JSON: the best round's MB/s, the number of tokens,
// and the milliseconds that loading took. TOKENIZER is a tokenizer.json or ENCODING.tiktoken.
#include "runtime/text/formats/Tiktoken.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace weft;
using Clock = std::chrono::steady_clock;

static std::string readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

static double seconds(Clock::time_point since) {
  return std::chrono::duration<double>(Clock::now() - since).count();
}

/// The same cuts as tokenizers.mjs makes.
static std::vector<std::string_view> documents(std::string_view text, size_t size) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    size_t end = size < text.size() ? text.find('\n', size) : std::string_view::npos;
    end = end == std::string_view::npos ? text.size() : end + 1;
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return parts;
}

int main(int count, char **arguments) {
  if (count < 4) {
    std::fprintf(stderr, "usage: tokenizer_benchmark TOKENIZER TEXT DOCUMENT_BYTES [ROUNDS]\n");
    return 2;
  }
  const std::filesystem::path path = arguments[1];
  const auto loading = Clock::now();
  Result<std::string> json = readFile(path);
  if (path.extension() == ".tiktoken")
    json = text::tiktokenAsJson(*json, path.stem().string());
  auto tokenizer = json ? text::Tokenizer::fromJson(*json) : tl::unexpected(json.error());
  const double loaded = seconds(loading);
  if (!tokenizer) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(), tokenizer.error().message.c_str());
    return 1;
  }
  const std::string text = readFile(arguments[2]);
  const auto parts = documents(text, std::strtoull(arguments[3], nullptr, 10));
  double best = 0;
  size_t tokens = 0;
  for (long round = count > 4 ? std::strtol(arguments[4], nullptr, 10) : 3; round > 0; --round) {
    const auto begin = Clock::now();
    tokens = 0;
    for (std::string_view part : parts)
      tokens += (*tokenizer)->encode(part, false).size();
    best = std::max(best, static_cast<double>(text.size()) / 1e6 / seconds(begin));
  }
  std::printf("{\"mbPerSecond\": %.2f, \"tokens\": %zu, \"loadMs\": %.1f}\n", best, tokens,
              loaded * 1e3);
}
