#include "conformance/StoredCases.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sstream>

namespace weft::conformance {

namespace {

std::string fileOf(const std::string &folder, unsigned number, std::string_view kind) {
  return fmt::format("{}/{:04}.{}", folder, number, kind);
}

/// "NUMBER tolerance op shape" between tabs.
bool parseLine(const std::string &line, unsigned &number, StoredCase &one) {
  std::istringstream fields(line);
  std::string first, second;
  if (!std::getline(fields, first, '\t') || !std::getline(fields, second, '\t') ||
      !std::getline(fields, one.op, '\t') || !std::getline(fields, one.shape))
    return false;
  std::istringstream numbers(first + " " + second);
  return bool(numbers >> number >> one.tolerance);
}

Result<void> readFiles(const std::string &folder, unsigned number, StoredCase &one) {
  one.artifact = fileOf(folder, number, "weft");
  const std::string calls = fileOf(folder, number, "calls");
  std::ifstream text(calls);
  if (!read(text, one.whole) || !read(text, one.single))
    return fail("'" + calls + "': expected two runs");
  const std::string expected = fileOf(folder, number, "expected");
  std::error_code missing;
  const auto bytes = std::filesystem::file_size(expected, missing);
  if (missing || bytes % sizeof(float) != 0)
    return fail("'" + expected + "': expected numbers of 4 bytes");
  one.expected.resize(bytes / sizeof(float));
  std::ifstream file(expected, std::ios::binary);
  if (!file.read(reinterpret_cast<char *>(one.expected.data()), std::streamsize(bytes)))
    return fail("'" + expected + "' cannot be read");
  return {};
}

} // namespace

Result<void> store(const StoredCase &one, unsigned number, const std::string &folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  std::filesystem::copy_file(one.artifact, fileOf(folder, number, "weft"),
                             std::filesystem::copy_options::overwrite_existing, failed);
  if (failed)
    return fail("cannot write '" + fileOf(folder, number, "weft") + "': " + failed.message());
  std::ofstream calls(fileOf(folder, number, "calls"));
  write(calls, one.whole);
  write(calls, one.single);
  std::ofstream expected(fileOf(folder, number, "expected"), std::ios::binary);
  expected.write(reinterpret_cast<const char *>(one.expected.data()),
                 std::streamsize(one.expected.size() * sizeof(float)));
  std::ofstream list(folder + "/cases.txt", std::ios::app);
  list << fmt::format("{}\t{:g}\t{}\t{}\n", number, one.tolerance, one.op, one.shape);
  for (std::ofstream *file : {&calls, &expected, &list})
    if (!file->flush())
      return fail(fmt::format("cannot write case {} to '{}'", number, folder));
  return {};
}

Result<std::vector<StoredCase>> readStored(const std::string &folder) {
  std::ifstream list(folder + "/cases.txt");
  if (!list)
    return fail("'" + folder + "/cases.txt' cannot be read");
  std::vector<StoredCase> cases;
  for (std::string line; std::getline(list, line);) {
    StoredCase one;
    unsigned number = 0;
    if (!parseLine(line, number, one))
      return fail(
          fmt::format("'{}/cases.txt', line {}: expected a number, a tolerance, an op and a "
                      "shape between tabs",
                      folder, cases.size() + 1));
    if (auto read = readFiles(folder, number, one); !read)
      return failFrom(read);
    cases.push_back(std::move(one));
  }
  return cases;
}

double relativeError(std::span<const float> a, std::span<const float> b) {
  if (a.size() != b.size())
    return INFINITY;
  double difference = 0, norm = 0;
  for (size_t i = 0; i < b.size(); ++i) {
    if (std::isnan(a[i]) && std::isnan(b[i]))
      continue;
    difference += std::pow(double(a[i]) - b[i], 2);
    norm += std::pow(double(b[i]), 2);
  }
  const double error = std::sqrt(difference / norm);
  return std::isnan(error) ? INFINITY : error;
}

bool sameBits(std::span<const float> a, std::span<const float> b) {
  return std::ranges::equal(a, b, [](float x, float y) {
    return std::bit_cast<uint32_t>(x) == std::bit_cast<uint32_t>(y) ||
           (std::isnan(x) && std::isnan(y));
  });
}

StoredOutcome runStored(const StoredCase &one, const std::string &device) {
  StoredOutcome outcome{.error = INFINITY, .message = {}};
  auto whole = runSession(one.artifact, one.whole, device);
  auto single = runSession(one.artifact, one.single, device);
  auto again = runSession(one.artifact, one.whole, device);
  for (const auto *run : {&whole, &single, &again})
    if (!*run) {
      outcome.message = run->error().message;
      return outcome;
    }
  outcome.error =
      std::max(relativeError(*whole, one.expected), relativeError(*single, one.expected));
  outcome.sameBits = sameBits(*whole, *single);
  outcome.repeats = sameBits(*whole, *again);
  if (!(outcome.error <= one.tolerance))
    outcome.message = fmt::format("expected an error of at most {:.0e}, found {:.2e}",
                                  one.tolerance, outcome.error);
  else if (!outcome.repeats)
    outcome.message = "a second run gave other bits than the first";
  return outcome;
}

} // namespace weft::conformance
