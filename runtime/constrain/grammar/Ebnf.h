// Parses grammars in EBNF: llama.cpp's GBNF and ISO 14977.
#pragma once

#include "runtime/constrain/grammar/Grammar.h"

#include <string_view>

namespace weft::constrain {

/// Parses rules. The sign of a rule decides its notation: after `::=` it is GBNF (classes in
/// brackets, * + ? {n,m}, escapes, comments from # on), after `=` it is the EBNF of ISO 14977
/// (options in brackets, repetitions in braces, commas, `;` at the end, comments in (* *)). Tokens
/// are named by text or id: <think>, <[12]>, !<think>; CompiledGrammar resolves them. See
/// docs/constrained-output.md. The root is the rule "root", or the first rule if there is none of
/// that name. Errors have line and column.
Result<Grammar> parseEbnf(std::string_view text);

} // namespace weft::constrain
