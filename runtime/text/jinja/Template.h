// Jinja templates, as far as chat templates of checkpoints use the language.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/text/jinja/Value.h"

#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>

namespace weft::jinja {

/// What one rendering may take, and what it is told. A template is hostile: beyond a limit
/// it ends with an error.
struct RenderOptions {
  /// Evaluated expressions, list items and pieces of text made, roughly: a second's worth.
  uint64_t work = 10'000'000;
  /// Bytes of the result, and of each string on the way.
  uint64_t longestText = uint64_t(16) << 20;
  /// What strftime_now() takes for now, in local time; -1 is the clock's.
  std::time_t now = -1;
};

/// A template, parsed. Immutable; may be used from any thread.
class Template {
public:
  /// The longest source, in bytes.
  static constexpr size_t longestSource = size_t(1) << 20;

  /// Sets white space as transformers does (trim_blocks and lstrip_blocks on). Nothing of
  /// `source` is kept by reference. Errors are one line and begin with "line N: ".
  static Result<Template> parse(std::string_view source);
  Template(Template &&) noexcept;
  Template &operator=(Template &&) noexcept;
  ~Template();

  /// The text for these variables. Errors as of parse(): what the template does not accept
  /// (raise_exception), undefined values that it computes with, limits.
  Result<std::string> render(const Dict &variables, const RenderOptions &options = {}) const;

private:
  struct Impl;
  explicit Template(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl;
};

} // namespace weft::jinja
