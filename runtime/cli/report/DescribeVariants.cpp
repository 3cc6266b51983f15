#include "runtime/cli/report/DescribeVariants.h"

#include <fmt/format.h>

namespace weft::cli {

static const char *nameOf(VariantChoice::Reason reason) {
  switch (reason) {
  case VariantChoice::Reason::Favored:
    return "not measured";
  case VariantChoice::Reason::Asked:
    return "asked for";
  case VariantChoice::Reason::Measured:
    return "measured now";
  case VariantChoice::Reason::Recalled:
    return "measured before";
  }
  return "";
}

Json variantsJson(const std::vector<VariantChoice> &choices) {
  Json list = Json::array();
  for (const VariantChoice &choice : choices) {
    Json alternatives = Json::array();
    for (const std::string &other : choice.alternatives)
      alternatives.push_back(choice.name + other);
    list.push_back({{"kernel", choice.name},
                    {"runs", choice.kernel()},
                    {"alternatives", alternatives},
                    {"reason", nameOf(choice.reason)},
                    {"less_time", choice.gain}});
  }
  return list;
}

std::string variantsText(const Json &choices) {
  std::string text;
  for (const Json &choice : choices) {
    const auto gain = choice["less_time"].get<double>();
    text +=
        fmt::format("  {}: runs {} of {}, {}{}\n", plain(choice["kernel"]), plain(choice["runs"]),
                    choice["alternatives"].size(), plain(choice["reason"]),
                    gain > 0 ? fmt::format(", {:.1f}% less time", 100 * gain) : "");
  }
  return text;
}

} // namespace weft::cli
