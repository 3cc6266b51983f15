#include "runtime/text/jinja/syntax/MakeExpression.h"
#include "runtime/text/jinja/syntax/Parser.h"

namespace weft::jinja {

namespace {

/// Tags of Jinja that chat templates have no use for.
constexpr std::string_view refused[] = {"block",  "call",    "do",    "extends",   "from",
                                        "import", "include", "trans", "autoescape"};

} // namespace

Body TemplateParser::parse() { return parseBody({}); }

void TemplateParser::endBlock() {
  if (peek().kind != Token::Kind::BlockEnd)
    failExpecting("the end of the tag");
  take();
}

void TemplateParser::endBlock(std::string_view name) {
  take();
  if (!acceptName(name))
    failExpecting(name);
  endBlock();
}

Body TemplateParser::parseBody(std::initializer_list<std::string_view> ends) {
  Nesting nested(*this);
  Body body;
  while (true) {
    const Token &token = peek();
    const unsigned line = token.line;
    switch (token.kind) {
    case Token::Kind::Text:
      body.push_back({TextOutput{take().text}, line});
      continue;
    case Token::Kind::OutputBegin: {
      take();
      ExpressionPtr value = parseExpression(true);
      if (peek().kind != Token::Kind::OutputEnd)
        failExpecting("'}}'");
      take();
      body.push_back({Output{std::move(value)}, line});
      continue;
    }
    case Token::Kind::BlockBegin:
      if (std::ranges::find(ends, peek(1).text) != ends.end())
        return body;
      take();
      body.push_back(parseBlock());
      continue;
    default:
      if (ends.size() > 0)
        failExpecting("'{% " + std::string(*(ends.end() - 1)) + " %}'");
      return body;
    }
  }
}

Statement TemplateParser::parseBlock() {
  const unsigned line = peek().line;
  if (acceptName("if"))
    return {parseIf(), line};
  if (acceptName("for"))
    return {parseFor(), line};
  if (acceptName("set"))
    return std::visit([&](auto &&set) { return Statement{std::move(set), line}; }, parseSet());
  if (acceptName("macro"))
    return {parseMacro(), line};
  if (acceptName("filter"))
    return {parseFilterBlock(), line};
  if (acceptName("with"))
    return {parseWith(), line};
  if (acceptName("generation"))
    return {parseGeneration(), line};
  if (seesName("break") || seesName("continue")) {
    const bool ends = take().text == "break";
    if (loops == 0)
      throw SyntaxError(line, "expected break and continue within a loop only");
    endBlock();
    return ends ? Statement{Break(), line} : Statement{Continue(), line};
  }
  if (std::ranges::find(refused, peek().text) != std::end(refused))
    throw SyntaxError(line, "'" + peek().text + "' is not supported in chat templates");
  failExpecting("if, for, set, macro, filter, with, break, continue or generation");
}

If TemplateParser::parseIf() {
  If result;
  while (true) {
    ExpressionPtr condition = parseExpression();
    endBlock();
    result.branches.emplace_back(std::move(condition), parseBody({"elif", "else", "endif"}));
    take();
    if (acceptName("elif"))
      continue;
    if (acceptName("else")) {
      endBlock();
      result.otherwise = parseBody({"endif"});
      take();
    }
    take();
    endBlock();
    return result;
  }
}

For TemplateParser::parseFor() {
  For result;
  const bool parenthesized = acceptOperator("(");
  do
    result.targets.push_back(expectAnyName("a name to loop with"));
  while (acceptOperator(","));
  if (parenthesized)
    expectOperator(")");
  if (!acceptName("in"))
    failExpecting("'in'");
  result.items = parseOr(true);
  if (acceptName("if"))
    result.condition = parseExpression();
  if (seesName("recursive"))
    failExpecting("the end of the tag (recursive loops are not supported)");
  endBlock();
  ++loops;
  result.body = parseBody({"else", "endfor"});
  --loops;
  take();
  if (acceptName("else")) {
    endBlock();
    result.otherwise = parseBody({"endfor"});
    take();
  }
  take();
  endBlock();
  return result;
}

Target TemplateParser::parseTarget() {
  Target target{expectAnyName("a name to set"), ""};
  if (acceptOperator("."))
    target.attribute = expectAnyName("a name after '.'");
  return target;
}

std::variant<Set, SetBlock> TemplateParser::parseSet() {
  std::vector<Target> targets;
  do
    targets.push_back(parseTarget());
  while (acceptOperator(","));
  if (acceptOperator("=")) {
    ExpressionPtr value = parseExpression(true);
    endBlock();
    return Set{std::move(targets), std::move(value)};
  }
  if (targets.size() > 1)
    failExpecting("'='");
  SetBlock block{std::move(targets.front()), {}, {}};
  if (acceptOperator("|"))
    block.filters = parseFilterNames();
  endBlock();
  block.body = parseBody({"endset"});
  endBlock("endset");
  return block;
}

FilterBlock TemplateParser::parseFilterBlock() {
  FilterBlock block{parseFilterNames(), {}};
  endBlock();
  block.body = parseBody({"endfilter"});
  endBlock("endfilter");
  return block;
}

Macro TemplateParser::parseMacro() {
  Macro macro;
  macro.name = expectAnyName("the name of a macro");
  expectOperator("(");
  while (!acceptOperator(")")) {
    if (!macro.parameters.empty())
      expectOperator(",");
    if (acceptOperator(")"))
      break;
    macro.parameters.push_back(expectAnyName("the name of a parameter"));
    if (acceptOperator("="))
      macro.defaults.push_back(parseExpression());
    else if (!macro.defaults.empty())
      failExpecting("'=' and a default, as the parameter before has one");
  }
  endBlock();
  const unsigned outside = std::exchange(loops, 0);
  macro.body = parseBody({"endmacro"});
  loops = outside;
  endBlock("endmacro");
  return macro;
}

With TemplateParser::parseWith() {
  With with;
  while (peek().kind != Token::Kind::BlockEnd) {
    if (!with.values.empty())
      expectOperator(",");
    std::string name = expectAnyName("a name to set");
    expectOperator("=");
    with.values.emplace_back(std::move(name), parseExpression());
  }
  endBlock();
  with.body = parseBody({"endwith"});
  endBlock("endwith");
  return with;
}

Group TemplateParser::parseGeneration() {
  endBlock();
  Group group{parseBody({"endgeneration"})};
  endBlock("endgeneration");
  return group;
}

} // namespace weft::jinja
