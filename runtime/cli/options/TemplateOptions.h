// What a chat template is given beside the messages.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/text/jinja/Value.h"

#include <string>
#include <vector>

namespace CLI {
class App;
} // namespace CLI

namespace weft::cli {

struct TemplateArguments {
  /// A file in place of the model's template; empty: the model's.
  std::string file;
  /// NAME=JSON each.
  std::vector<std::string> variables;
  /// A JSON object.
  std::string kwargs;
};

/// Adds --template, --template-var and --chat-template-kwargs. `arguments` must outlive the
/// parsing.
void addTemplateOptions(CLI::App &command, TemplateArguments &arguments);

/// The variables; one given by --template-var counts more than one of --chat-template-kwargs.
/// Errors: what is no JSON, no object, no name, or a name that the chat itself sets ("messages").
Result<jinja::Dict> templateVariables(const TemplateArguments &arguments);

} // namespace weft::cli
