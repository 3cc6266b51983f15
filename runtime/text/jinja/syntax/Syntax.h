// The syntax tree of a template.
#pragma once

#include "runtime/text/jinja/Value.h"

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace weft::jinja {

struct Expression;
using ExpressionPtr = std::unique_ptr<const Expression>;

struct Literal {
  Value value;
};
struct Name {
  std::string name;
};
struct ListDisplay {
  std::vector<ExpressionPtr> items;
  bool isTuple = false;
};
struct DictDisplay {
  std::vector<std::pair<ExpressionPtr, ExpressionPtr>> items;
};
/// object.name
struct Attribute {
  ExpressionPtr object;
  std::string name;
};
/// object[index]
struct Subscript {
  ExpressionPtr object, index;
};
/// object[start:stop:step]; each of the three may be null.
struct Slice {
  ExpressionPtr object, start, stop, step;
};
/// A positional argument has no name.
struct ArgumentSyntax {
  std::string name;
  ExpressionPtr value;
};
struct Call {
  ExpressionPtr callee;
  std::vector<ArgumentSyntax> arguments;
};
/// input | name(arguments)
struct FilterCall {
  ExpressionPtr input;
  std::string name;
  std::vector<ArgumentSyntax> arguments;
};
/// input is name(arguments)
struct TestCall {
  ExpressionPtr input;
  std::string name;
  std::vector<ArgumentSyntax> arguments;
  bool negated = false;
};
enum class UnaryOperator { Not, Minus, Plus };
struct Unary {
  UnaryOperator op;
  ExpressionPtr operand;
};
enum class BinaryOperator {
  Or,
  And,
  Add,
  Subtract,
  Multiply,
  Divide,
  FloorDivide,
  Modulo,
  Power,
  Concatenate
};
struct Binary {
  BinaryOperator op;
  ExpressionPtr left, right;
};
enum class ComparisonOperator {
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  In,
  NotIn
};
/// first op second op third ..., as in Python.
struct Comparison {
  ExpressionPtr first;
  std::vector<std::pair<ComparisonOperator, ExpressionPtr>> rest;
};
/// whenTrue if condition else otherwise; `otherwise` may be null.
struct Conditional {
  ExpressionPtr condition, whenTrue, otherwise;
};

struct Expression {
  std::variant<Literal, Name, ListDisplay, DictDisplay, Attribute, Subscript, Slice, Call,
               FilterCall, TestCall, Unary, Binary, Comparison, Conditional>
      node;
  unsigned line;
  /// Depth of the expression tree, including this node.
  unsigned depth;
};

struct Statement;
using Body = std::vector<Statement>;

struct TextOutput {
  std::string text;
};
struct Output {
  ExpressionPtr value;
};
struct If {
  /// `if` and each `elif`.
  std::vector<std::pair<ExpressionPtr, Body>> branches;
  Body otherwise;
};
struct For {
  /// Several targets unpack each item.
  std::vector<std::string> targets;
  ExpressionPtr items;
  /// Items for which it is false are skipped; may be null.
  ExpressionPtr condition;
  Body body, otherwise;
};
/// A name, or an attribute of a namespace.
struct Target {
  std::string name, attribute;
};
struct Set {
  std::vector<Target> targets;
  ExpressionPtr value;
};
/// {% set name %} ... {% endset %}
struct SetBlock {
  Target target;
  /// Applied to the text in order; their inputs are null.
  std::vector<FilterCall> filters;
  Body body;
};
struct FilterBlock {
  std::vector<FilterCall> filters;
  Body body;
};
struct Macro {
  std::string name;
  std::vector<std::string> parameters;
  /// Defaults of the last parameters.
  std::vector<ExpressionPtr> defaults;
  Body body;
};
struct Break {};
struct Continue {};
/// {% with name = value %} ... {% endwith %}
struct With {
  std::vector<std::pair<std::string, ExpressionPtr>> values;
  Body body;
};
/// A `generation` block: statements with a scope of their own.
struct Group {
  Body body;
};

struct Statement {
  std::variant<TextOutput, Output, If, For, Set, SetBlock, FilterBlock, Macro, Break, Continue,
               With, Group>
      node;
  unsigned line;
};

} // namespace weft::jinja
