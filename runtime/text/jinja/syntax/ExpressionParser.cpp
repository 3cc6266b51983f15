#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/syntax/MakeExpression.h"
#include "runtime/text/jinja/syntax/Parser.h"

#include <algorithm>
#include <optional>

namespace weft::jinja {

namespace {

std::string shown(const Token &token) {
  switch (token.kind) {
  case Token::Kind::Text:
  case Token::Kind::OutputEnd:
  case Token::Kind::BlockEnd:
    return "the end of the tag";
  case Token::Kind::OutputBegin:
    return "'{{'";
  case Token::Kind::BlockBegin:
    return "'{%'";
  case Token::Kind::End:
    return "the end of the template";
  default:
    return "'" + token.text.substr(0, 40) + "'";
  }
}

} // namespace

ExpressionParser::Nesting::Nesting(ExpressionParser &parser) : parser(parser) {
  if (++parser.nesting > deepestSyntax)
    throw SyntaxError(parser.peek().line, "nested deeper than " + std::to_string(deepestSyntax));
}

Token ExpressionParser::take() {
  Token token = rest.front();
  if (rest.size() > 1)
    rest = rest.subspan(1);
  return token;
}

bool ExpressionParser::seesOperator(std::string_view text, size_t ahead) const {
  return peek(ahead).kind == Token::Kind::Operator && peek(ahead).text == text;
}
bool ExpressionParser::seesName(std::string_view text) const {
  return peek().kind == Token::Kind::Name && peek().text == text;
}
bool ExpressionParser::acceptOperator(std::string_view text) {
  return seesOperator(text) && (take(), true);
}
bool ExpressionParser::acceptName(std::string_view text) {
  return seesName(text) && (take(), true);
}
void ExpressionParser::expectOperator(std::string_view text) {
  if (!acceptOperator(text))
    failExpecting("'" + std::string(text) + "'");
}
std::string ExpressionParser::expectAnyName(std::string_view what) {
  if (peek().kind != Token::Kind::Name)
    failExpecting(what);
  return take().text;
}
void ExpressionParser::failExpecting(std::string_view what) const {
  throw SyntaxError(peek().line, "expected " + std::string(what) + ", found " + shown(peek()));
}

template <typename Parse> ExpressionPtr ExpressionParser::tupleOf(bool commas, const Parse &parse) {
  const unsigned line = peek().line;
  ExpressionPtr first = parse();
  if (!commas || !seesOperator(","))
    return first;
  ListDisplay tuple = {{}, true};
  tuple.items.push_back(std::move(first));
  while (acceptOperator(",")) {
    if (seesOperator(")") || peek().kind == Token::Kind::BlockEnd ||
        peek().kind == Token::Kind::OutputEnd)
      break;
    tuple.items.push_back(parse());
  }
  const Expression *deepest = nullptr;
  for (const ExpressionPtr &item : tuple.items)
    deepest = deeperOf(deepest, item.get());
  return makeExpression(line, {deepest}, std::move(tuple));
}

ExpressionPtr ExpressionParser::parseExpression(bool commas) {
  return tupleOf(commas, [this] { return parseConditional(); });
}

ExpressionPtr ExpressionParser::parseOr(bool commas) {
  return tupleOf(commas, [this] { return parseDisjunction(); });
}

ExpressionPtr ExpressionParser::parseConditional() {
  Nesting nested(*this);
  ExpressionPtr value = parseDisjunction();
  while (seesName("if")) {
    const unsigned line = take().line;
    ExpressionPtr condition = parseDisjunction();
    ExpressionPtr otherwise = acceptName("else") ? parseConditional() : nullptr;
    const std::initializer_list<const Expression *> children = {condition.get(), value.get(),
                                                                otherwise.get()};
    value = makeExpression(
        line, children, Conditional{std::move(condition), std::move(value), std::move(otherwise)});
  }
  return value;
}

template <typename Parse>
ExpressionPtr ExpressionParser::parseBinary(OperatorTable<BinaryOperator> operators,
                                            const Parse &parseOperand) {
  ExpressionPtr left = parseOperand();
  while (true) {
    const auto *which = std::ranges::find_if(operators, [&](const auto &each) {
      return seesOperator(each.first) || seesName(each.first);
    });
    if (which == operators.end())
      return left;
    const unsigned line = take().line;
    ExpressionPtr right = parseOperand();
    const std::initializer_list<const Expression *> both = {left.get(), right.get()};
    left = makeExpression(line, both, Binary{which->second, std::move(left), std::move(right)});
  }
}

ExpressionPtr ExpressionParser::parseDisjunction() {
  return parseBinary({{"or", BinaryOperator::Or}}, [this] { return parseAnd(); });
}

ExpressionPtr ExpressionParser::parseAnd() {
  return parseBinary({{"and", BinaryOperator::And}}, [this] { return parseNot(); });
}

ExpressionPtr ExpressionParser::parseNot() {
  if (!seesName("not"))
    return parseComparison();
  Nesting nested(*this);
  const unsigned line = take().line;
  ExpressionPtr operand = parseNot();
  const Expression *child = operand.get();
  return makeExpression(line, {child}, Unary{UnaryOperator::Not, std::move(operand)});
}

ExpressionPtr ExpressionParser::parseComparison() {
  static const OperatorTable<ComparisonOperator> operators = {
      {"==", ComparisonOperator::Equal},     {"!=", ComparisonOperator::NotEqual},
      {"<=", ComparisonOperator::LessEqual}, {">=", ComparisonOperator::GreaterEqual},
      {"<", ComparisonOperator::Less},       {">", ComparisonOperator::Greater}};
  const unsigned line = peek().line;
  Comparison comparison{parseSum(), {}};
  const Expression *deepest = comparison.first.get();
  auto accept = [&]() -> std::optional<ComparisonOperator> {
    for (auto [text, op] : operators)
      if (acceptOperator(text))
        return op;
    if (acceptName("in"))
      return ComparisonOperator::In;
    if (!seesName("not") || peek(1).kind != Token::Kind::Name || peek(1).text != "in")
      return std::nullopt;
    take();
    take();
    return ComparisonOperator::NotIn;
  };
  while (auto op = accept()) {
    comparison.rest.emplace_back(*op, parseSum());
    deepest = deeperOf(deepest, comparison.rest.back().second.get());
  }
  if (comparison.rest.empty())
    return std::move(comparison.first);
  return makeExpression(line, {deepest}, std::move(comparison));
}

ExpressionPtr ExpressionParser::parseSum() {
  return parseBinary({{"+", BinaryOperator::Add}, {"-", BinaryOperator::Subtract}},
                     [this] { return parseConcatenation(); });
}

ExpressionPtr ExpressionParser::parseConcatenation() {
  return parseBinary({{"~", BinaryOperator::Concatenate}}, [this] { return parseProduct(); });
}

ExpressionPtr ExpressionParser::parseProduct() {
  return parseBinary({{"*", BinaryOperator::Multiply},
                      {"//", BinaryOperator::FloorDivide},
                      {"/", BinaryOperator::Divide},
                      {"%", BinaryOperator::Modulo}},
                     [this] { return parsePower(); });
}

ExpressionPtr ExpressionParser::parsePower() {
  return parseBinary({{"**", BinaryOperator::Power}}, [this] { return parseUnary(); });
}

ExpressionPtr ExpressionParser::parseUnary(bool withFilters) {
  Nesting nested(*this);
  ExpressionPtr value;
  if (seesOperator("-") || seesOperator("+")) {
    const Token token = take();
    ExpressionPtr operand = parseUnary(false);
    const Expression *child = operand.get();
    const auto op = token.text == "-" ? UnaryOperator::Minus : UnaryOperator::Plus;
    value = makeExpression(token.line, {child}, Unary{op, std::move(operand)});
  } else {
    value = parsePrimary();
  }
  value = parsePostfix(std::move(value));
  return withFilters ? parseFiltersAndTests(std::move(value)) : std::move(value);
}

} // namespace weft::jinja
