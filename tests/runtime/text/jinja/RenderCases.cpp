// Renders the cases of a JSON file, for comparison with other implementations: reads
// [{"template": "...", "variables": {...}}, ...] from standard input and writes a JSON array
// with {"text": ...} or {"error": ...} for each.
#include "runtime/text/jinja/Template.h"
#include "runtime/text/jinja/ValueText.h"

#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

using namespace weft::jinja;

namespace {

nlohmann::json render(const std::string &source, const Value &variables) {
  auto parsed = Template::parse(source);
  if (!parsed)
    return {{"error", parsed.error().message}};
  RenderOptions options;
  options.now = 1699963200;
  auto text = parsed->render(variables.dict(), options);
  if (!text)
    return {{"error", text.error().message}};
  return {{"text", *text}};
}

} // namespace

int main() {
  std::ios::sync_with_stdio(false);
  const std::string input(std::istreambuf_iterator<char>(std::cin), {});
  auto cases = valueFromJson(input);
  if (!cases) {
    std::cerr << cases.error().message << "\n";
    return 1;
  }
  nlohmann::json results = nlohmann::json::array();
  for (const Value &each : cases->list())
    results.push_back(
        render(each.dict().find("template")->string(), *each.dict().find("variables")));
  std::cout << results.dump() << "\n";
}
