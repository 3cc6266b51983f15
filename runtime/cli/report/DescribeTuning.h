// What a program says of how its kernels were chosen by measuring, for weft inspect.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/cli/report/Json.h"

#include <string>

namespace weft::cli {

/// A list of comparisons, each with every candidate; empty where nothing was measured.
Json tuningJson(const schema::Program &program);

/// A line for each comparison of tuningJson(), and below it, where they are asked for, one
/// for each candidate; nothing for an empty list.
std::string tuningText(const Json &tuning, bool withCandidates);

} // namespace weft::cli
