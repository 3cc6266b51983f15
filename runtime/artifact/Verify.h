// The checks by which the bytes of a file become an Artifact. Used by Artifact::open() only.
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/base/Quotes.h"

#include <string>
#include <string_view>
#include <vector>

namespace weft::verify {

/// Checks a whole file: header, place and hash of every segment, padding, metadata. `bytes` must
/// begin at a multiple of the page size; the result points into it. Uses up to `threads` threads.
Result<const schema::Artifact *> file(std::span<const std::byte> bytes, unsigned threads);

/// A segment with the name that messages give it.
struct NamedSegment {
  std::string name;
  const schema::Segment *segment;
};
/// Returns all segments that the metadata names. The pointers are into `artifact`.
std::vector<NamedSegment> segmentsOf(const schema::Artifact &artifact);

/// Checks the metadata alone: first the structure of the FlatBuffer, then its meaning. `bytes` must
/// begin at a multiple of 8; the result points into it.
Result<const schema::Artifact *> metadata(std::span<const std::byte> bytes);

/// Checks one program of `artifact`. The parameters and states of `artifact` must have been
/// checked.
Result<void> program(const schema::Artifact &artifact, const schema::Program &program);

/// The most bytes that the text of a begin or end token may have. The compiler keeps to it.
inline constexpr uint32_t longestTokenText = 4096;

/// Returns a text from the file, quoted for a message.
inline std::string quoted(const flatbuffers::String *text) {
  return inQuotes(std::string_view(text->c_str(), text->size()));
}

/// Returns the error of `result` with `place` in front: "place: message".
template <typename T> tl::unexpected<Error> at(std::string place, const Result<T> &result) {
  return fail(std::move(place) + ": " + result.error().message);
}

} // namespace weft::verify
