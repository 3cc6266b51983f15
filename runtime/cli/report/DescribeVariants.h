// Which of its alternatives each kernel runs and why, for weft inspect and weft bench.
#pragma once

#include "runtime/cli/report/Json.h"
#include "runtime/program/Session.h"

#include <string>
#include <vector>

namespace weft::cli {

/// A list with an object for each choice.
Json variantsJson(const std::vector<VariantChoice> &choices);

/// A line for each choice of variantsJson(), indented by two; nothing for an empty list.
std::string variantsText(const Json &choices);

} // namespace weft::cli
