#include "runtime/artifact/Artifact.h"

#include "runtime/artifact/Verify.h"
#include "runtime/base/Checked.h"

#include <cstring>
#include <fmt/format.h>

namespace weft {

Result<uint64_t> evaluate(const schema::Size &size, const Sizes &sizes) {
  Checked sum = Checked(size.constant()) + Checked(size.perToken()) * sizes.tokens +
                Checked(size.perRow()) * sizes.rows + Checked(size.perContext()) * sizes.context +
                Checked(size.perSlot()) * sizes.context * sizes.sequences;
  if (auto bytes = sum.value())
    return *bytes;
  return fail(fmt::format("a buffer exceeds 2^64 bytes at {} tokens, {} rows, context {} and {} "
                          "sequences; choose smaller sizes",
                          sizes.tokens, sizes.rows, sizes.context, sizes.sequences));
}

std::vector<const schema::Part *> partsOf(const schema::Program &program) {
  std::vector<const schema::Part *> parts;
  if (program.parts())
    parts.assign(program.parts()->begin(), program.parts()->end());
  return parts;
}

unsigned partOf(const schema::Program &program, const schema::Step &step) {
  return program.kernels()->Get(step.variants()->Get(0)->kernel())->part();
}

Result<Artifact> Artifact::open(const std::string &path, unsigned threads) {
  auto file = MappedFile::open(path);
  if (!file)
    return failFrom(file);
  auto table = verify::file(file->bytes(), threads);
  if (!table)
    return verify::at("'" + path + "'", table);
  return Artifact(std::move(*file), *table);
}

uint64_t Artifact::contentHash() const {
  ArtifactHeader header; // the file has one: it was verified
  std::memcpy(&header, file.bytes().data(), sizeof header);
  return header.metadataHash;
}

std::span<const std::byte> Artifact::segment(const schema::Segment &segment) const {
  return file.bytes().subspan(segment.offset(), segment.bytes());
}

} // namespace weft
