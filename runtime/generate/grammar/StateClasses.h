// States that differ too far away for any token to tell.
#pragma once

#include "runtime/generate/grammar/Automaton.h"

#include <vector>

namespace weft::grammar {

/// [states]: equal numbers for states of one rule that take and end in the same way for
/// `depth` bytes. Moore's refinement ("Gedanken-experiments on sequential machines", 1956),
/// stopped after `depth` rounds: a text of at most 1000 characters has a thousand times the
/// states of a character, and masks for as many as the longest token is long.
std::vector<uint32_t> classesToDepth(const Automaton &automaton, size_t depth);

} // namespace weft::grammar
