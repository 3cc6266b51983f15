// Interprets a parsed template and writes its text.
#pragma once

#include "runtime/text/jinja/Template.h"
#include "runtime/text/jinja/builtins/Builtins.h"
#include "runtime/text/jinja/syntax/Syntax.h"

#include <map>

namespace weft::jinja {

/// The variables of one block. Lives on the stack: no value that outlives a scope refers to it.
class Scope {
public:
  explicit Scope(const Scope *outer) : outer(outer) {}
  Scope(const Scope &) = delete;
  Scope &operator=(const Scope &) = delete;

  const Value *find(std::string_view name) const;
  void set(std::string_view name, Value value);

private:
  const Scope *outer;
  std::map<std::string, Value, std::less<>> values;
};

/// A callable value: a macro with the scope it was defined in, or a builtin.
struct Function {
  const Macro *macro = nullptr;
  const Scope *scope = nullptr;
  const Builtin *builtin = nullptr;
  /// The object that the builtin is applied to, such as the state of a joiner().
  Value object = {};
};

/// Renders a template once. Throws TemplateError; line() then tells where. Not thread-safe.
class TemplateInterpreter {
public:
  explicit TemplateInterpreter(const RenderOptions &options) : options(options) {}

  std::string run(const Body &body, const Dict &variables);
  unsigned line() const { return currentLine; }

  // For builtins.

  /// Counts `work` against the limit of RenderOptions; throws when it is exceeded.
  void spend(uint64_t work);
  /// Returns the work counted for making a text of `bytes` bytes.
  static uint64_t workOf(uint64_t bytes) { return bytes / 32 + 1; }
  /// Throws if a string of `bytes` bytes would be too long. Call it before making the string.
  void checkLength(uint64_t bytes) const;
  /// Returns the current time for strftime_now(), in seconds since 1970.
  std::time_t now() const;
  Value applyFilter(std::string_view name, const Value &input, Arguments arguments);
  bool applyTest(std::string_view name, const Value &input, Arguments arguments);

private:
  enum class Flow { Normal, Break, Continue };

  Flow execute(const Body &body, Scope &scope);
  Flow execute(const TextOutput &text, Scope &scope);
  Flow execute(const Output &output, Scope &scope);
  Flow execute(const If &choice, Scope &scope);
  Flow execute(const For &loop, Scope &scope);
  Flow execute(const Set &set, Scope &scope);
  Flow execute(const SetBlock &set, Scope &scope);
  Flow execute(const FilterBlock &block, Scope &scope);
  Flow execute(const Macro &macro, Scope &scope);
  Flow execute(const Break &, Scope &) { return Flow::Break; }
  Flow execute(const Continue &, Scope &) { return Flow::Continue; }
  Flow execute(const With &with, Scope &scope);
  Flow execute(const Group &group, Scope &scope);

  Value evaluate(const Expression &expression, Scope &scope);
  Value evaluate(const Literal &literal, Scope &scope);
  Value evaluate(const Name &name, Scope &scope);
  Value evaluate(const ListDisplay &list, Scope &scope);
  Value evaluate(const DictDisplay &dict, Scope &scope);
  Value evaluate(const Attribute &attribute, Scope &scope);
  Value evaluate(const Subscript &subscript, Scope &scope);
  Value evaluate(const Slice &slice, Scope &scope);
  Value evaluate(const Call &call, Scope &scope);
  Value evaluate(const FilterCall &filter, Scope &scope);
  Value evaluate(const TestCall &test, Scope &scope);
  Value evaluate(const Unary &unary, Scope &scope);
  Value evaluate(const Binary &binary, Scope &scope);
  Value evaluate(const Comparison &comparison, Scope &scope);
  Value evaluate(const Conditional &conditional, Scope &scope);

  Arguments evaluate(const std::vector<ArgumentSyntax> &arguments, Scope &scope);
  Value call(const Function &function, Arguments arguments);
  Value callMacro(const Macro &macro, const Scope &scope, const Arguments &arguments);
  /// Executes `body` and returns the text that it writes.
  std::string textOf(const Body &body, Scope &scope);
  std::string filtered(std::string text, const std::vector<FilterCall> &filters, Scope &scope);
  void assign(const Target &target, Value value, Scope &scope);
  void assignEach(const std::vector<std::string> &names, const Value &item, Scope &scope);
  void write(std::string_view text);
  /// Counts the work of making `value`, and returns it.
  Value paid(Value value);

  const RenderOptions &options;
  uint64_t spent = 0;
  unsigned currentLine = 1, levels = 0;
  std::string *out = nullptr;
};

} // namespace weft::jinja
