// The tight end of the grammar: literals, names, and what hangs on to them.
#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/syntax/MakeExpression.h"
#include "runtime/text/jinja/syntax/Parser.h"

#include <charconv>

namespace weft::jinja {

namespace {

const Expression *deepestOf(const std::vector<ArgumentSyntax> &arguments) {
  const Expression *deepest = nullptr;
  for (const ArgumentSyntax &argument : arguments)
    if (!deepest || argument.value->depth > deepest->depth)
      deepest = argument.value.get();
  return deepest;
}

Value integerOf(const Token &token) {
  std::string_view digits = token.text;
  int base = 10;
  if (digits.size() > 1 && digits[0] == '0' && (digits[1] < '0' || digits[1] > '9')) {
    const char letter = char(digits[1] | 0x20);
    base = letter == 'x' ? 16 : letter == 'o' ? 8 : 2;
    digits.remove_prefix(2);
  }
  int64_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size())
    throw SyntaxError(token.line, "expected an integer of 64 bits, found '" + token.text + "'");
  return value;
}

Value floatOf(const Token &token) {
  double value = 0;
  auto [end, error] =
      std::from_chars(token.text.data(), token.text.data() + token.text.size(), value);
  if (error != std::errc() || end != token.text.data() + token.text.size())
    throw SyntaxError(token.line, "expected a number, found '" + token.text + "'");
  return value;
}

} // namespace

ExpressionPtr ExpressionParser::parsePrimary() {
  const unsigned line = peek().line;
  switch (peek().kind) {
  case Token::Kind::Name:
    return parseNamed();
  case Token::Kind::String: {
    std::string text;
    while (peek().kind == Token::Kind::String) // "a" "b" is "ab"
      text += take().text;
    return makeExpression(line, {}, Literal{std::move(text)});
  }
  case Token::Kind::Integer:
    return makeExpression(line, {}, Literal{integerOf(take())});
  case Token::Kind::Float:
    return makeExpression(line, {}, Literal{floatOf(take())});
  default:
    break;
  }
  if (acceptOperator("(")) {
    if (acceptOperator(")"))
      return makeExpression(line, {}, ListDisplay{{}, true});
    ExpressionPtr inner = parseExpression(true);
    expectOperator(")");
    return inner;
  }
  if (acceptOperator("["))
    return parseList(line);
  if (acceptOperator("{"))
    return parseDict(line);
  failExpecting("an expression");
}

ExpressionPtr ExpressionParser::parseNamed() {
  const Token token = take();
  const std::string &name = token.text;
  if (name == "true" || name == "True" || name == "false" || name == "False")
    return makeExpression(token.line, {}, Literal{Value(name.size() == 4)});
  if (name == "none" || name == "None")
    return makeExpression(token.line, {}, Literal{Value::none()});
  return makeExpression(token.line, {}, Name{name});
}

ExpressionPtr ExpressionParser::parseList(unsigned line) {
  ListDisplay list;
  const Expression *deepest = nullptr;
  while (!acceptOperator("]")) {
    if (!list.items.empty())
      expectOperator(",");
    if (acceptOperator("]"))
      break;
    list.items.push_back(parseExpression());
    deepest = deeperOf(deepest, list.items.back().get());
  }
  return makeExpression(line, {deepest}, std::move(list));
}

ExpressionPtr ExpressionParser::parseDict(unsigned line) {
  DictDisplay dict;
  const Expression *deepest = nullptr;
  while (!acceptOperator("}")) {
    if (!dict.items.empty())
      expectOperator(",");
    if (acceptOperator("}"))
      break;
    ExpressionPtr key = parseExpression();
    expectOperator(":");
    dict.items.emplace_back(std::move(key), parseExpression());
    deepest =
        deeperOf(deepest, deeperOf(dict.items.back().first.get(), dict.items.back().second.get()));
  }
  return makeExpression(line, {deepest}, std::move(dict));
}

ExpressionPtr ExpressionParser::parsePostfix(ExpressionPtr object) {
  while (true) {
    if (seesOperator("(")) {
      object = parseCall(std::move(object));
      continue;
    }
    const unsigned line = peek().line;
    const Expression *child = object.get();
    if (acceptOperator("[")) {
      object = parseSubscript(std::move(object), line);
    } else if (acceptOperator(".")) {
      if (peek().kind == Token::Kind::Integer) {
        ExpressionPtr index = makeExpression(line, {}, Literal{integerOf(take())});
        object = makeExpression(line, {child}, Subscript{std::move(object), std::move(index)});
      } else {
        std::string name = expectAnyName("a name after '.'");
        object = makeExpression(line, {child}, Attribute{std::move(object), std::move(name)});
      }
    } else {
      return object;
    }
  }
}

ExpressionPtr ExpressionParser::parseSubscript(ExpressionPtr object, unsigned line) {
  ExpressionPtr parts[3];
  size_t which = 0;
  bool isSlice = false;
  while (!seesOperator("]")) {
    if (!seesOperator(":"))
      parts[which] = parseExpression();
    if (seesOperator("]"))
      break;
    if (which == 2)
      failExpecting("']'");
    expectOperator(":");
    isSlice = true;
    ++which;
  }
  if (!isSlice && !parts[0])
    failExpecting("an index");
  expectOperator("]");
  const Expression *deepest = object.get();
  for (const ExpressionPtr &part : parts)
    deepest = deeperOf(deepest, part.get());
  if (!isSlice)
    return makeExpression(line, {deepest}, Subscript{std::move(object), std::move(parts[0])});
  return makeExpression(
      line, {deepest},
      Slice{std::move(object), std::move(parts[0]), std::move(parts[1]), std::move(parts[2])});
}

std::vector<ArgumentSyntax> ExpressionParser::parseArguments() {
  std::vector<ArgumentSyntax> arguments;
  expectOperator("(");
  while (!acceptOperator(")")) {
    if (!arguments.empty())
      expectOperator(",");
    if (acceptOperator(")"))
      break;
    if (seesOperator("*") || seesOperator("**"))
      failExpecting("an argument (* and ** are not supported)");
    std::string name;
    if (peek().kind == Token::Kind::Name && seesOperator("=", 1)) {
      name = take().text;
      take();
    } else if (!arguments.empty() && !arguments.back().name.empty()) {
      failExpecting("an argument with a name after the one before");
    }
    arguments.push_back({std::move(name), parseExpression()});
  }
  return arguments;
}

ExpressionPtr ExpressionParser::parseCall(ExpressionPtr callee) {
  const unsigned line = peek().line;
  std::vector<ArgumentSyntax> arguments = parseArguments();
  const Expression *deepest = deeperOf(callee.get(), deepestOf(arguments));
  return makeExpression(line, {deepest}, Call{std::move(callee), std::move(arguments)});
}

std::vector<FilterCall> ExpressionParser::parseFilterNames() {
  std::vector<FilterCall> filters;
  do {
    std::string name = expectAnyName("the name of a filter");
    std::vector<ArgumentSyntax> arguments;
    if (seesOperator("("))
      arguments = parseArguments();
    filters.push_back({nullptr, std::move(name), std::move(arguments)});
  } while (acceptOperator("|"));
  return filters;
}

ExpressionPtr ExpressionParser::parseFiltersAndTests(ExpressionPtr input) {
  while (true) {
    const unsigned line = peek().line;
    if (acceptOperator("|")) {
      std::string name = expectAnyName("the name of a filter");
      std::vector<ArgumentSyntax> arguments;
      if (seesOperator("("))
        arguments = parseArguments();
      const Expression *deepest = deeperOf(input.get(), deepestOf(arguments));
      input = makeExpression(line, {deepest},
                             FilterCall{std::move(input), std::move(name), std::move(arguments)});
    } else if (acceptName("is")) {
      input = parseTest(std::move(input), line);
    } else if (seesOperator("(")) {
      input = parseCall(std::move(input));
    } else {
      return input;
    }
  }
}

ExpressionPtr ExpressionParser::parseTest(ExpressionPtr input, unsigned line) {
  TestCall test;
  test.negated = acceptName("not");
  test.name = expectAnyName("the name of a test");
  const Token &next = peek();
  const bool valueFollows = next.kind == Token::Kind::String || next.kind == Token::Kind::Integer ||
                            next.kind == Token::Kind::Float || seesOperator("[") ||
                            seesOperator("{") ||
                            (next.kind == Token::Kind::Name && next.text != "else" &&
                             next.text != "or" && next.text != "and" && next.text != "is" &&
                             next.text != "if" && next.text != "in" && next.text != "not");
  if (seesOperator("("))
    test.arguments = parseArguments();
  else if (valueFollows)
    test.arguments.push_back({"", parsePostfix(parsePrimary())});
  const Expression *deepest = deeperOf(input.get(), deepestOf(test.arguments));
  test.input = std::move(input);
  return makeExpression(line, {deepest}, std::move(test));
}

} // namespace weft::jinja
