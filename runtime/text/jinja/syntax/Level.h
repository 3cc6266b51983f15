// How deeply the interpreter may call itself.
#pragma once

#include "runtime/text/jinja/TemplateError.h"

namespace weft::jinja {

/// Counts one more level while it lives; bounds the stack that macros take which call
/// themselves.
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
