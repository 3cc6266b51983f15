#include "runtime/cli/report/DescribeTuning.h"

#include <algorithm>
#include <fmt/format.h>

namespace weft::cli {

static Json candidateJson(const schema::Candidate &candidate) {
  Json settings = Json::object(), json;
  for (const schema::Setting *setting : *candidate.settings())
    settings[setting->name()->str()] = setting->value();
  json["settings"] = settings;
  json["nanoseconds"] = candidate.nanoseconds();
  if (candidate.again() != 0)
    json["nanoseconds_again"] = candidate.again();
  return json;
}

Json tuningJson(const schema::Program &program) {
  Json list = Json::array();
  if (!program.tunings())
    return list;
  for (const schema::Tuning *tuning : *program.tunings()) {
    Json candidates = Json::array();
    for (const schema::Candidate *candidate : *tuning->candidates())
      candidates.push_back(candidateJson(*candidate));
    list.push_back({{"kernel", program.kernels()->Get(tuning->kernel())->name()->str()},
                    {"tokens", tuning->tokens()},
                    {"threads", tuning->threads()},
                    {"chosen", tuning->chosen()},
                    {"candidates", candidates}});
  }
  return list;
}

static std::string settingsText(const Json &candidate) {
  std::string text;
  for (const auto &[name, value] : candidate["settings"].items())
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", plain(name), plain(value));
  return text.empty() ? "no settings" : text;
}

static double timeOf(const Json &candidate, const char *key = "nanoseconds") {
  return candidate[key].get<double>();
}

/// "1,234.5 us".
static std::string microseconds(const Json &candidate) {
  return fmt::format("{:.1f} us", timeOf(candidate) / 1000);
}

/// Why the chosen one was: in the words of what was measured.
static std::string reason(const Json &tuning) {
  const Json &candidates = tuning["candidates"];
  const auto chosen = tuning["chosen"].get<size_t>();
  auto faster = [&](const Json &other, const char *key) {
    return fmt::format("{:.1f}%", 100 * (1 - timeOf(other, key) / timeOf(candidates[0], key)));
  };
  constexpr const char *again = "nanoseconds_again";
  auto hasAgain = [=](const Json &candidate) { return candidate.contains(again); };
  if (chosen != 0) {
    std::string text = faster(candidates[chosen], "nanoseconds");
    if (hasAgain(candidates[0]) && hasAgain(candidates[chosen]))
      text += ", measured again " + faster(candidates[chosen], again);
    return fmt::format("less time than {}: {}", settingsText(candidates[0]), text);
  }
  if (candidates.size() < 2)
    return "kept: nothing to compare";
  const Json &best =
      *std::min_element(candidates.begin() + 1, candidates.end(),
                        [](const Json &a, const Json &b) { return timeOf(a) < timeOf(b); });
  std::string text =
      fmt::format("kept: the best other, {}, took {}", settingsText(best), microseconds(best));
  if (hasAgain(candidates[0]) && hasAgain(best))
    text += ", and measured again " + faster(best, again) + " less time";
  return text;
}

std::string tuningText(const Json &tuning, bool withCandidates) {
  if (tuning.empty())
    return "";
  std::string text = fmt::format("  tuned with {} threads\n", plain(tuning[0]["threads"]));
  for (const Json &comparison : tuning) {
    const Json &candidates = comparison["candidates"];
    const Json &chosen = candidates[comparison["chosen"].get<size_t>()];
    text += fmt::format("    {}, {} at once: {}, {}; {}\n", plain(comparison["kernel"]),
                        plain(comparison["tokens"]), settingsText(chosen), microseconds(chosen),
                        reason(comparison));
    if (withCandidates)
      for (const Json &candidate : candidates)
        text += fmt::format("      {:>12}  {}\n", microseconds(candidate), settingsText(candidate));
  }
  return text;
}

} // namespace weft::cli
