#include "runtime/text/jinja/Template.h"

#include "runtime/base/Utf8.h"
#include "runtime/text/jinja/Interpreter.h"
#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/syntax/Parser.h"

#include <algorithm>

namespace weft::jinja {

struct Template::Impl {
  Body body;
};

namespace {

tl::unexpected<Error> failAt(unsigned line, std::string message) {
  std::ranges::replace_if(message, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
  return fail("line " + std::to_string(line) + ": " + repairUtf8(message));
}

} // namespace

Template::Template(std::unique_ptr<const Impl> impl) : impl(std::move(impl)) {}
Template::Template(Template &&) noexcept = default;
Template &Template::operator=(Template &&) noexcept = default;
Template::~Template() = default;

Result<Template> Template::parse(std::string_view source) {
  if (source.size() > longestSource)
    return failAt(1, "expected a template of at most " + std::to_string(longestSource) +
                         " bytes, found " + std::to_string(source.size()));
  try {
    const std::vector<Token> found = tokens(source);
    return Template(std::make_unique<const Impl>(Impl{TemplateParser(found).parse()}));
  } catch (const SyntaxError &error) {
    return failAt(error.line, error.what());
  }
}

Result<std::string> Template::render(const Dict &variables, const RenderOptions &options) const {
  TemplateInterpreter interpreter(options);
  try {
    return interpreter.run(impl->body, variables);
  } catch (const TemplateError &error) {
    return failAt(interpreter.line(), error.what());
  }
}

} // namespace weft::jinja
