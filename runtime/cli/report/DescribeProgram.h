// Describes a program of an artifact: its devices, kernels and steps.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/cli/report/Json.h"

#include <string>

namespace weft::cli {

/// Returns kernels with their devices, code sizes and entry points; if `withSteps`, also every
/// step.
Json programJson(const schema::Artifact &artifact, const schema::Program &program, bool withSteps);
/// Writes the result of programJson() as text; if `withCandidates`, with every candidate that
/// tuning measured.
std::string programText(const Json &program, bool withCandidates);

} // namespace weft::cli
