// The exceptions used within this room; none leaves it.
#pragma once

#include <stdexcept>
#include <string>

namespace weft::jinja {

/// An error in a template, as one line. Template.cpp catches it and adds the line number.
class TemplateError : public std::runtime_error {
public:
  explicit TemplateError(const std::string &message) : std::runtime_error(message) {}
};

/// An error found while parsing, with its line.
class SyntaxError : public TemplateError {
public:
  SyntaxError(unsigned line, const std::string &message) : TemplateError(message), line(line) {}
  unsigned line;
};

} // namespace weft::jinja
