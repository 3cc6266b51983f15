// What templates can call: filters, tests, functions, and methods of values.
#pragma once

#include "runtime/text/jinja/Value.h"

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft::jinja {

class TemplateInterpreter;

/// As a call gives them.
struct Arguments {
  /// What is called, for messages: "filter 'join'".
  std::string callee;
  List positional;
  std::vector<Dict::Item> named;
};

/// In the order of `parameters`, undefined where the call gives none. Throws
/// TemplateError where there are more, or of other names.
List bind(const Arguments &arguments, std::initializer_list<std::string_view> parameters);

/// `input` is what a filter or a test is applied to, or the object of a method.
/// All of them throw TemplateError.
struct Builtin {
  std::string_view name;
  Value (*apply)(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments);
};

/// nullptr where there is none of the name.
const Builtin *findFilter(std::string_view name);
const Builtin *findTest(std::string_view name);
const Builtin *findFunction(std::string_view name);
/// A method of a string, a list, a dict or a loop.
const Builtin *findMethod(const Value &object, std::string_view name);

std::span<const Builtin> stringMethods();

/// By name within a table.
const Builtin *findIn(std::span<const Builtin> table, std::string_view name);

// What builtins share.

/// `value`, which must be of the kind. Throw TemplateError that names `callee`.
const std::string &asString(const Value &value, const Arguments &arguments);
int64_t asInteger(const Value &value, const Arguments &arguments);
/// The same for an argument that was not given.
int64_t asInteger(const Value &value, const Arguments &arguments, int64_t otherwise);
bool asBoolean(const Value &value, bool otherwise);
/// What a `for` goes through: items of a list, keys of a dict, characters of a
/// string, nothing of an undefined value. Throws TemplateError for anything
/// else.
List itemsOf(const Value &value);

/// object.name and object[index]; undefined where there is no such thing. Throw
/// TemplateError where the object is undefined.
Value attributeOf(const Value &object, std::string_view name);
Value subscriptOf(const Value &object, const Value &index);
Value sliceOf(const Value &object, const Value &start, const Value &stop, const Value &step);
/// Items or characters. Throws TemplateError where there are none to count.
int64_t lengthOf(const Value &value);

} // namespace weft::jinja
