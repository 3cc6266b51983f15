// Parses tokens into a tree.
#pragma once

#include "runtime/text/jinja/syntax/Lexer.h"
#include "runtime/text/jinja/syntax/Syntax.h"

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string_view>

namespace weft::jinja {

/// Parses expressions by the grammar of Jinja 3.1. Throws SyntaxError.
class ExpressionParser {
public:
  /// `tokens` ends with Token::Kind::End and must outlive the parser.
  explicit ExpressionParser(std::span<const Token> tokens) : rest(tokens) {}

protected:
  const Token &peek(size_t ahead = 0) const { return rest[std::min(ahead, rest.size() - 1)]; }
  Token take();
  bool seesOperator(std::string_view text, size_t ahead = 0) const;
  bool seesName(std::string_view text) const;
  bool acceptOperator(std::string_view text);
  bool acceptName(std::string_view text);
  void expectOperator(std::string_view text);
  std::string expectAnyName(std::string_view what);
  [[noreturn]] void failExpecting(std::string_view what) const;

  /// Parses one expression; with `commas`, several separated by commas make a tuple.
  ExpressionPtr parseExpression(bool commas = false);
  /// Parses an expression without a conditional at its top, as for the items of a `for`.
  ExpressionPtr parseOr(bool commas = false);
  std::vector<ArgumentSyntax> parseArguments();
  /// Parses names with optional arguments, separated by |.
  std::vector<FilterCall> parseFilterNames();

  /// Counts one level of the parser's recursion while it exists.
  class Nesting {
  public:
    explicit Nesting(ExpressionParser &parser);
    ~Nesting() { --parser.nesting; }

  private:
    ExpressionParser &parser;
  };

private:
  template <typename Operator>
  using OperatorTable = std::initializer_list<std::pair<std::string_view, Operator>>;
  template <typename Parse>
  ExpressionPtr parseBinary(OperatorTable<BinaryOperator> operators, const Parse &parseOperand);
  template <typename Parse> ExpressionPtr tupleOf(bool commas, const Parse &parse);
  ExpressionPtr parseConditional();
  ExpressionPtr parseDisjunction();
  ExpressionPtr parseAnd();
  ExpressionPtr parseNot();
  ExpressionPtr parseComparison();
  ExpressionPtr parseSum();
  ExpressionPtr parseConcatenation();
  ExpressionPtr parseProduct();
  ExpressionPtr parsePower();
  ExpressionPtr parseUnary(bool withFilters = true);
  ExpressionPtr parsePrimary();
  ExpressionPtr parseNamed();
  /// Parse what follows an opening bracket on `line`.
  ExpressionPtr parseList(unsigned line);
  ExpressionPtr parseDict(unsigned line);
  ExpressionPtr parsePostfix(ExpressionPtr object);
  ExpressionPtr parseSubscript(ExpressionPtr object, unsigned line);
  ExpressionPtr parseCall(ExpressionPtr callee);
  ExpressionPtr parseFiltersAndTests(ExpressionPtr input);
  ExpressionPtr parseTest(ExpressionPtr input, unsigned line);

  std::span<const Token> rest;
  unsigned nesting = 0;
};

/// Parses whole templates.
class TemplateParser : private ExpressionParser {
public:
  using ExpressionParser::ExpressionParser;
  Body parse();

private:
  /// Parses up to a tag that begins with one of `ends`, whose name is then the next token; without
  /// `ends`, up to the end of the template.
  Body parseBody(std::initializer_list<std::string_view> ends);
  Statement parseBlock();
  If parseIf();
  For parseFor();
  Macro parseMacro();
  FilterBlock parseFilterBlock();
  std::variant<Set, SetBlock> parseSet();
  With parseWith();
  Group parseGeneration();
  Target parseTarget();
  void endBlock();
  void endBlock(std::string_view name);

  unsigned loops = 0;
};

} // namespace weft::jinja
