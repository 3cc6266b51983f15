// EBNF as grammars: llama.cpp's GBNF, and the plain kinds.
#pragma once

#include "runtime/constrain/grammar/Grammar.h"

#include <string_view>

namespace weft::constrain {

/// Reads rules. Which notation a rule is in its sign says: after `::=` it is GBNF (classes in
/// brackets, * + ? {n,m}, escapes, comments from # on), after `=` it is the EBNF of ISO 14977
/// (options in brackets, repetitions in braces, commas, an end of ; and comments in (* *)).
/// Tokens come by text or id, <think>, <[12]> and !<think>; CompiledGrammar finds them. See
/// docs/constrained-output.md. A text begins with the rule "root", or with the first one
/// where there is none of that name. Errors have line and column.
Result<Grammar> parseEbnf(std::string_view text);

} // namespace weft::constrain
