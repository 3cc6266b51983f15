// Errors as values. No room throws across its interface.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace weft {

/// What went wrong, as one line for a person: what was expected, what was found
/// and where, and what to do about it. It has no trailing period and no prefix.
struct Error {
  std::string message;
};

template <typename T> using Result = tl::expected<T, Error>;

/// Makes the error side of any Result: `return fail("expected ..., found ...")`.
inline tl::unexpected<Error> fail(std::string message) {
  return tl::unexpected<Error>(Error{std::move(message)});
}

/// Hands on the error of another Result.
template <typename T> tl::unexpected<Error> failFrom(const Result<T> &result) {
  return tl::unexpected<Error>(result.error());
}

} // namespace weft
