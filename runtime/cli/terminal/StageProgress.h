// Progress of work in stages.
#pragma once

#include "runtime/cli/terminal/Output.h"

#include <optional>
#include <string>
#include <string_view>

namespace weft::cli {

/// Shows one progress bar after the other, one for each stage. Removed by the destructor.
class StageProgress {
public:
  /// `share` is how much of this stage is done, from 0 to 1.
  void update(std::string_view stage, double share) {
    if (stage != current) {
      bar.reset();
      current = stage;
      bar.emplace(current, steps);
    }
    bar->update(static_cast<uint64_t>(share * steps), "");
  }

private:
  static constexpr uint64_t steps = 10000;
  std::string current;
  std::optional<Progress> bar;
};

} // namespace weft::cli
