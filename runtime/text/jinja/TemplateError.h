// How the inside of this room says that a template is wrong.
#pragma once

#include <stdexcept>
#include <string>

namespace weft::jinja {

/// What was expected and found, as one line. The line of the template is added, and the
/// exception caught, in Template.cpp; none leaves the room.
class TemplateError : public std::runtime_error {
public:
  explicit TemplateError(const std::string &message) : std::runtime_error(message) {}
};

/// The same of what does not even parse, where the line is known at once.
class SyntaxError : public TemplateError {
public:
  SyntaxError(unsigned line, const std::string &message) : TemplateError(message), line(line) {}
  unsigned line;
};

} // namespace weft::jinja
