// The chat template and its variables.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/text/jinja/Value.h"

#include <string>
#include <vector>

namespace CLI {
class App;
} // namespace CLI

namespace weft::cli {

/// The arguments as given.
struct TemplateArguments {
  /// A file with a template to use in place of the model's; empty: the model's.
  std::string file;
  /// --template-var as given: NAME=JSON.
  std::vector<std::string> variables;
  /// --chat-template-kwargs as given: a JSON object.
  std::string kwargs;
};

/// Adds --template, --template-var and --chat-template-kwargs. `arguments` must outlive the
/// parsing.
void addTemplateOptions(CLI::App &command, TemplateArguments &arguments);

/// Returns the template variables; --template-var overrides --chat-template-kwargs. Errors: invalid
/// JSON, not an object, not a name, or a name that the chat itself sets ("messages").
Result<jinja::Dict> templateVariables(const TemplateArguments &arguments);

} // namespace weft::cli
