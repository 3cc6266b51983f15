#include "runtime/artifact/Kernel.h"
#include "runtime/artifact/StorageSize.h"
#include "runtime/artifact/Verify.h"

#include <fmt/format.h>

namespace weft::verify {

/// Limits that no model comes near, so that hostile metadata costs little time.
constexpr size_t leastMetadataBytes = 16;
constexpr size_t mostMetadataBytes = size_t(256) << 20;
constexpr size_t mostPrograms = 64;
constexpr size_t mostDimensions = 8;
/// No two tables of a file share bytes, and none with its reference is smaller.
constexpr size_t leastTableBytes = 12;
constexpr size_t deepestTable = 16;

/// A program's features are the one list whose entries the FlatBuffers verifier visits one
/// by one without counting them, and many programs could share one list: so the number of
/// programs is looked at first.
static bool hasFewPrograms(flatbuffers::Verifier &verifier, const uint8_t *data) {
  constexpr auto field = schema::Artifact::VT_PROGRAMS;
  if (verifier.VerifyOffset(0) == 0)
    return false;
  auto *root = flatbuffers::GetRoot<flatbuffers::Table>(data);
  if (!root->VerifyTableStart(verifier) || !root->VerifyOffsetRequired(verifier, field))
    return false;
  using Programs = flatbuffers::Vector<flatbuffers::Offset<schema::Program>>;
  auto *programs = root->GetPointer<const Programs *>(field);
  return verifier.VerifyVector(programs) && programs->size() <= mostPrograms;
}

static Result<const schema::Artifact *> parse(std::span<const std::byte> bytes) {
  if (bytes.size() < leastMetadataBytes || bytes.size() > mostMetadataBytes)
    return fail(fmt::format("expected {} to {} bytes of metadata, found {}", leastMetadataBytes,
                            mostMetadataBytes, bytes.size()));
  auto *data = reinterpret_cast<const uint8_t *>(bytes.data());
  flatbuffers::Verifier verifier(data, bytes.size(), deepestTable,
                                 bytes.size() / leastTableBytes + 1);
  if (!hasFewPrograms(verifier, data) ||
      !verifier.VerifyBuffer<schema::Artifact>(schema::ArtifactIdentifier()))
    return fail(fmt::format("malformed metadata: expected the FlatBuffer of an artifact with at "
                            "most {} programs",
                            mostPrograms));
  return flatbuffers::GetRoot<schema::Artifact>(data);
}

static Result<void> verifyParameter(const schema::Parameter &parameter, uint64_t weightBytes) {
  const auto &shape = *parameter.shape();
  if (shape.size() > mostDimensions)
    return fail(
        fmt::format("expected at most {} dimensions, found {}", mostDimensions, shape.size()));
  // The FlatBuffers verifier sees to the alignment of a vector's length only.
  if (reinterpret_cast<uintptr_t>(shape.Data()) % alignof(uint64_t) != 0)
    return fail("malformed metadata: its shape is not aligned to 8 bytes");
  uint64_t rank = shape.size();
  uint64_t columns = rank > 0 ? shape[rank - 1] : 1;
  uint64_t rows = rank > 1 ? shape[rank - 2] : 1;
  Checked matrices(1);
  for (uint64_t i = 0; i < rank; ++i) {
    if (shape[i] == 0)
      return fail(fmt::format("expected dimension {} to be at least 1, found 0", i));
    if (i + 2 < rank)
      matrices = matrices * shape[i];
  }
  SuperBlocks blocks{parameter.super(), parameter.mins()};
  if (blocks.super == 0 && blocks.mins)
    return fail("expected minima with super-blocks only");
  if (auto storage = verifyStorage(*parameter.storage(), blocks); !storage)
    return storage;
  if (uint64_t multiple = uint64_t(blocks.super) * parameter.storage()->block();
      multiple != 0 && columns % multiple != 0)
    return fail(fmt::format("expected rows of a multiple of {}, its super-blocks, found {}",
                            multiple, columns));
  if (const auto *levels = parameter.levels();
      levels && (levels->size() != 16 || parameter.storage()->bits() != 4))
    return fail(fmt::format("expected 16 levels for codes of 4 bits, found {} for {} bits",
                            levels->size(), parameter.storage()->bits()));
  auto least = (matrices * storageBytes(*parameter.storage(), rows, columns, blocks)).value();
  if (!least)
    return fail("its shape comes to more than 2^64 bytes");
  if (parameter.bytes() < *least)
    return fail(fmt::format("expected at least {} bytes for its shape and storage, found {}",
                            *least, parameter.bytes()));
  if (parameter.offset() % artifactAlign != 0)
    return fail(fmt::format("expected an offset that is a multiple of {}, found {}", artifactAlign,
                            parameter.offset()));
  if (parameter.offset() > weightBytes || parameter.bytes() > weightBytes - parameter.offset())
    return fail(fmt::format("expected it inside the {} bytes of the weights, found {} bytes at {}",
                            weightBytes, parameter.bytes(), parameter.offset()));
  return {};
}

static Result<void> verifyState(const schema::State &state) {
  if (state.kind() > schema::StateKind::MAX)
    return fail(fmt::format("expected the kind kv cache, found number {}",
                            static_cast<unsigned>(state.kind())));
  if (state.heads() == 0 || state.headDim() == 0)
    return fail(fmt::format("expected at least one head of at least one number, found {} of {}",
                            state.heads(), state.headDim()));
  if (auto storage = verifyStorage(*state.storage()); !storage)
    return storage;
  // Codes of 8 bits need not be padded to whole blocks there.
  auto least = state.storage()->bits() == 8
                   ? (Checked(state.heads()) * state.headDim()).value()
                   : storageBytes(*state.storage(), state.heads(), state.headDim()).value();
  if (!least || state.size()->perSlot() < *least)
    return fail(fmt::format("expected at least {} bytes for each position of a sequence, found {}",
                            least.value_or(UINT64_MAX), state.size()->perSlot()));
  if (state.runs() == 0)
    return {};
  const schema::Size &size = *state.size();
  if (size.constant() || size.perToken() || size.perRow() || size.perContext())
    return fail("expected nothing but positions of sequences in a state of runs");
  auto group = (Checked(size.perSlot()) * WEFT_CONTEXT_MULTIPLE).value();
  if (!group || *group % state.runs() != 0)
    return fail(fmt::format("expected runs that {} positions of {} bytes divide into, found {}",
                            unsigned(WEFT_CONTEXT_MULTIPLE), size.perSlot(), state.runs()));
  return {};
}

static Result<void> verifyText(const schema::Artifact &artifact) {
  const schema::Text &text = *artifact.text();
  auto isToken = [&](int32_t id) { return id >= 0 && uint32_t(id) < artifact.vocabulary(); };
  for (int32_t id : *text.endIds())
    if (!isToken(id))
      return fail(fmt::format("expected end tokens below the vocabulary of {}, found {}",
                              artifact.vocabulary(), id));
  if (text.beginId() != -1 && !isToken(text.beginId()))
    return fail(fmt::format("expected a begin token of -1 or below the vocabulary of {}, found {}",
                            artifact.vocabulary(), text.beginId()));
  constexpr uint32_t longestTemplate = 1 << 20;
  auto checkLength = [](const char *what, const flatbuffers::String *given,
                        uint32_t most) -> Result<void> {
    if (!given || given->size() <= most)
      return {};
    return fail(
        fmt::format("expected a {} of at most {} bytes, found {}", what, most, given->size()));
  };
  for (const Result<void> &length :
       {checkLength("chat template", text.chatTemplate(), longestTemplate),
        checkLength("begin token", text.beginToken(), longestTokenText),
        checkLength("end token", text.endToken(), longestTokenText)})
    if (!length)
      return length;
  return {};
}

static Result<void> verifyMeaning(const schema::Artifact &artifact) {
  // Token ids, positions and rows are i32 wherever they are counted.
  for (auto [name, value] :
       {std::pair("vocabulary", artifact.vocabulary()), std::pair("context", artifact.context())})
    if (value == 0 || value > INT32_MAX)
      return fail(fmt::format("expected a {} of 1 to {}, found {}", name, INT32_MAX, value));
  for (const auto *parameter : *artifact.parameters())
    if (auto result = verifyParameter(*parameter, artifact.weights()->bytes()); !result)
      return at("parameter " + quoted(parameter->name()), result);
  for (const auto *state : *artifact.states())
    if (auto result = verifyState(*state); !result)
      return at("state " + quoted(state->name()), result);
  for (const auto *one : *artifact.programs())
    if (auto result = program(artifact, *one); !result)
      return at(fmt::format("program for {} ({})", quoted(one->target()), quoted(one->processor())),
                result);
  if (auto text = verifyText(artifact); !text)
    return at("text", text);
  return {};
}

Result<const schema::Artifact *> metadata(std::span<const std::byte> bytes) {
  auto artifact = parse(bytes);
  if (!artifact)
    return artifact;
  if (auto meaning = verifyMeaning(**artifact); !meaning)
    return failFrom(meaning);
  return artifact;
}

} // namespace weft::verify
