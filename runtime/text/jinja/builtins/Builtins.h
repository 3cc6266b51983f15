// The callable builtins: filters, tests, functions and methods.
#pragma once

#include "runtime/text/jinja/Value.h"

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft::jinja {

class TemplateInterpreter;

/// The arguments of a call.
struct Arguments {
  /// The name of the callee for messages: "filter 'join'".
  std::string callee;
  List positional;
  std::vector<Dict::Item> named;
};

/// Returns the arguments in the order of `parameters`, undefined for missing ones. Throws
/// TemplateError for too many arguments or unknown names.
List bind(const Arguments &arguments, std::initializer_list<std::string_view> parameters);

/// A builtin. `input` is the value that a filter or a test is applied to, or the object of a
/// method. `apply` may throw TemplateError.
struct Builtin {
  std::string_view name;
  Value (*apply)(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments);
};

/// Return the builtin called `name`, or nullptr.
const Builtin *findFilter(std::string_view name);
const Builtin *findTest(std::string_view name);
const Builtin *findFunction(std::string_view name);
/// Returns a method of a string, list, dict or loop, or nullptr.
const Builtin *findMethod(const Value &object, std::string_view name);

std::span<const Builtin> stringMethods();

/// Returns the builtin called `name` in `table`, or nullptr.
const Builtin *findIn(std::span<const Builtin> table, std::string_view name);

// Functions that builtins share.

/// Return `value` as the type. Throw TemplateError, naming the callee, if it is of another kind.
const std::string &asString(const Value &value, const Arguments &arguments);
int64_t asInteger(const Value &value, const Arguments &arguments);
/// Return `otherwise` if the argument was not given.
int64_t asInteger(const Value &value, const Arguments &arguments, int64_t otherwise);
bool asBoolean(const Value &value, bool otherwise);
/// Returns what a `for` iterates over: items of a list, keys of a dict, characters of a string,
/// nothing for undefined. Throws TemplateError for other kinds.
List itemsOf(const Value &value);

/// Return object.name, object[index] and object[start:stop:step]; undefined if there is no such
/// item. Throw TemplateError if the object is undefined.
Value attributeOf(const Value &object, std::string_view name);
Value subscriptOf(const Value &object, const Value &index);
Value sliceOf(const Value &object, const Value &start, const Value &stop, const Value &step);
/// Returns the number of items or characters. Throws TemplateError for other kinds.
int64_t lengthOf(const Value &value);

} // namespace weft::jinja
