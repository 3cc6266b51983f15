// Jinja templates, with the features that chat templates of checkpoints use.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/text/jinja/Value.h"

#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>

namespace weft::jinja {

/// Limits and settings of one rendering. Templates are not trusted: exceeding a limit is an error.
struct RenderOptions {
  /// The most work: roughly the number of evaluated expressions, list items and pieces of text. The
  /// default takes about a second.
  uint64_t work = 10'000'000;
  /// The most bytes of the result and of each intermediate string.
  uint64_t longestText = uint64_t(16) << 20;
  /// The time that strftime_now() returns, in local time; -1: the current time.
  std::time_t now = -1;
};

/// A parsed template. Immutable; may be used from any thread.
class Template {
public:
  /// The longest source, in bytes.
  static constexpr size_t longestSource = size_t(1) << 20;

  /// Parses a template with transformers' white-space settings (trim_blocks and lstrip_blocks on).
  /// `source` need not outlive the call. Errors are one line that begins with "line N: ".
  static Result<Template> parse(std::string_view source);
  Template(Template &&) noexcept;
  Template &operator=(Template &&) noexcept;
  ~Template();

  /// Renders the template. Errors, in the same format: the template raises one (raise_exception),
  /// uses an undefined value, or exceeds a limit.
  Result<std::string> render(const Dict &variables, const RenderOptions &options = {}) const;

private:
  struct Impl;
  explicit Template(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl;
};

} // namespace weft::jinja
