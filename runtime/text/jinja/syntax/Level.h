// Limits how deeply the interpreter recurses.
#pragma once

#include "runtime/text/jinja/TemplateError.h"

namespace weft::jinja {

/// Counts one level of recursion while it exists, which bounds the stack used by recursive macros.
/// Throws TemplateError beyond the limit.
class Level {
public:
  explicit Level(unsigned &levels) : levels(levels) {
    if (levels >= most)
      throw TemplateError("the template calls itself too deeply");
    ++levels;
  }
  ~Level() { --levels; }
  Level(const Level &) = delete;
  Level &operator=(const Level &) = delete;

private:
  static constexpr unsigned most = 1000;
  unsigned &levels;
};

} // namespace weft::jinja
