#include "runtime/cli/options/TemplateOptions.h"

#include "runtime/base/Quotes.h"
#include "runtime/text/jinja/ValueText.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>

namespace weft::cli {

namespace {

bool isName(std::string_view text) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !text.empty() && letter(text[0]) &&
         std::ranges::all_of(text, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

Result<void> set(jinja::Dict &variables, std::string_view option, std::string_view name,
                 jinja::Value value) {
  if (!isName(name))
    return fail(
        fmt::format("{}: expected the name of a variable, found {}", option, inQuotes(name)));
  if (name == "messages")
    return fail(fmt::format("{}: 'messages' is set by the chat itself", option));
  variables.set(name, std::move(value));
  return {};
}

} // namespace

void addTemplateOptions(CLI::App &command, TemplateArguments &arguments) {
  command
      .add_option("--template,--chat-template", arguments.file,
                  "Use the chat template (Jinja) in this file in place of the model's own")
      ->type_name("FILE");
  command
      .add_option("--template-var", arguments.variables,
                  "Set a variable of the chat template: enable_thinking=false. May be repeated")
      ->type_name("NAME=JSON")
      ->expected(1)
      ->take_all();
  command
      .add_option("--chat-template-kwargs", arguments.kwargs,
                  "Set variables of the chat template by one JSON object, as in llama.cpp and "
                  "vLLM: {\"enable_thinking\": false}")
      ->type_name("JSON");
}

Result<jinja::Dict> templateVariables(const TemplateArguments &arguments) {
  jinja::Dict variables;
  if (!arguments.kwargs.empty()) {
    constexpr const char *option = "--chat-template-kwargs";
    auto all = jinja::valueFromJson(arguments.kwargs);
    if (!all)
      return fail(fmt::format("{}: {}", option, all.error().message));
    if (!all->isDict())
      return fail(fmt::format("{}: expected a JSON object, found {}", option, describe(*all)));
    for (const auto &[name, value] : all->dict().items())
      if (auto done = set(variables, option, name, value); !done)
        return failFrom(done);
  }
  for (const std::string &given : arguments.variables) {
    constexpr const char *option = "--template-var";
    const size_t sign = given.find('=');
    if (sign == std::string::npos)
      return fail(fmt::format("{}: expected NAME=JSON, found {}", option, inQuotes(given)));
    auto value = jinja::valueFromJson(std::string_view(given).substr(sign + 1));
    if (!value)
      return fail(fmt::format("{} {}: {} (a text is written '\"text\"')", option,
                              given.substr(0, sign), value.error().message));
    if (auto done = set(variables, option, given.substr(0, sign), std::move(*value)); !done)
      return failFrom(done);
  }
  return variables;
}

} // namespace weft::cli
