// Makes tree nodes and limits the depth of the tree.
#pragma once

#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/syntax/Syntax.h"

#include <algorithm>
#include <initializer_list>

namespace weft::jinja {

/// The deepest tree; bounds the stack for parsing, evaluating and freeing a template.
inline constexpr unsigned deepestSyntax = 200;

/// Returns the deeper expression. Either may be null.
inline const Expression *deeperOf(const Expression *a, const Expression *b) {
  return !a || (b && b->depth > a->depth) ? b : a;
}

/// Makes an expression from `node`. `children` are the expressions in it, or at least the deepest;
/// null ones are ignored. Throws SyntaxError if it is too deep.
template <typename Node>
ExpressionPtr makeExpression(unsigned line, std::initializer_list<const Expression *> children,
                             Node node) {
  unsigned depth = 0;
  for (const Expression *child : children)
    depth = std::max(depth, child ? child->depth : 0);
  if (depth >= deepestSyntax)
    throw SyntaxError(line, "expected an expression of at most " + std::to_string(deepestSyntax) +
                                " levels");
  return std::make_unique<const Expression>(Expression{std::move(node), line, depth + 1});
}

} // namespace weft::jinja
