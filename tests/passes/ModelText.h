// Small models as text, by the names that tests use.
#pragma once

#include "conformance/ModelText.h"

namespace weft::test {

using conformance::ModelText;
using conformance::TextValue;

} // namespace weft::test
