// A program of an artifact, for people: who runs what.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/cli/report/Json.h"

#include <string>

namespace weft::cli {

/// Kernels with their devices, code, entry points; every step `withSteps`.
Json programJson(const schema::Artifact &artifact, const schema::Program &program, bool withSteps);
/// That as text; every candidate of its tunings `withCandidates`.
std::string programText(const Json &program, bool withCandidates);

} // namespace weft::cli
