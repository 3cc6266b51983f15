// The headers of others that most files of the runtime's rooms need, precompiled once: reading
// them takes most of the time of compiling a file. A file still includes what it uses; builds
// without precompiled headers (WEFT_PRECOMPILE=OFF, as for gcc in CI) hold it to that.
#pragma once
#include <fmt/format.h>
#include <tl/expected.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>
