// The checks between the bytes of a file and an Artifact, in the order they run. Part of
// the reader; everybody else uses Artifact::open().
#pragma once

#include "runtime/artifact/Artifact.h"
#include "runtime/base/Quotes.h"

#include <string>
#include <string_view>
#include <vector>

namespace weft::verify {

/// The whole file: header, place and hash of every segment, padding, metadata. The result
/// points into `bytes`, which begins at a multiple of the page size.
Result<const schema::Artifact *> file(std::span<const std::byte> bytes, unsigned threads);

/// Bytes of the file that the metadata names, for messages and for whoever goes over all of them.
struct NamedSegment {
  std::string name;
  const schema::Segment *segment;
};
std::vector<NamedSegment> segmentsOf(const schema::Artifact &artifact);

/// The FlatBuffer alone: structure first, then meaning. Begins at a multiple of 8.
Result<const schema::Artifact *> metadata(std::span<const std::byte> bytes);

/// One program of `artifact`, whose parameters and states are verified.
Result<void> program(const schema::Artifact &artifact, const schema::Program &program);

/// Most bytes of the text of a begin or end token; the compiler keeps to it.
inline constexpr uint32_t longestTokenText = 4096;

/// A text of the file as a message may show it.
inline std::string quoted(const flatbuffers::String *text) {
  return inQuotes(std::string_view(text->c_str(), text->size()));
}

/// Puts the place in front of an error.
template <typename T> tl::unexpected<Error> at(std::string place, const Result<T> &result) {
  return fail(std::move(place) + ": " + result.error().message);
}

} // namespace weft::verify
