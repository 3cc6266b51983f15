// Which alternative each kernel uses and why, for weft inspect and weft bench.
#pragma once

#include "runtime/cli/report/Json.h"
#include "runtime/program/Session.h"

#include <string>
#include <vector>

namespace weft::cli {

/// Returns a list with an object for each choice.
Json variantsJson(const std::vector<VariantChoice> &choices);

/// Returns a line for each choice of variantsJson(), indented by two spaces; "" for an empty list.
std::string variantsText(const Json &choices);

} // namespace weft::cli
