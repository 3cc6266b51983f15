// Errors as values. No room throws across its interface.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace weft {

/// An error message for a person, on one line: what was expected, what was found and where, and
/// what to do about it. It has no trailing period and no prefix.
struct Error {
  std::string message;
};

template <typename T> using Result = tl::expected<T, Error>;

/// Returns an error with `message`, which converts to any Result: `return fail("expected ..., found
/// ...")`.
inline tl::unexpected<Error> fail(std::string message) {
  return tl::unexpected<Error>(Error{std::move(message)});
}

/// Returns the error of `result`, which must be an error, for a Result of another type.
template <typename T> tl::unexpected<Error> failFrom(const Result<T> &result) {
  return tl::unexpected<Error>(result.error());
}

} // namespace weft
