// What weftc --tune measured for a program, for weft inspect.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/cli/report/Json.h"

#include <string>

namespace weft::cli {

/// Returns a list of comparisons, each with every candidate; empty if nothing was measured.
Json tuningJson(const schema::Program &program);

/// Returns a line for each comparison of tuningJson(); if `withCandidates`, each is followed by a
/// line for each candidate. "" for an empty list.
std::string tuningText(const Json &tuning, bool withCandidates);

} // namespace weft::cli
