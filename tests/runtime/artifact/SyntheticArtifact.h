// A small artifact whose every field a test can change before it is written.
#pragma once

#include "runtime/artifact/ArtifactWriter.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weft::test {

struct SyntheticArtifact {
  struct Parameter {
    std::string name;
    std::vector<uint64_t> shape;
    schema::Storage storage;
    uint64_t offset;
    uint64_t bytes;
    uint16_t super = 0;
    bool mins = false;
  };
  struct State {
    std::string name;
    uint32_t heads;
    uint32_t headDim;
    schema::Storage storage;
    schema::Size size;
    uint8_t kind = 0;
    uint64_t runs = 0;
  };
  struct Binding {
    schema::Space space;
    uint32_t index;
    schema::Size offset;
    schema::Size size;
  };
  struct Alternative {
    uint32_t kernel;
    std::string features;
    std::optional<std::string> favoredBy;
  };
  struct Variant {
    uint64_t most;
    uint32_t kernel;
    schema::Grid grid;
    uint8_t shared = 4;
    std::vector<Alternative> alternatives = {};
  };
  struct Step {
    std::string name;
    schema::Symbol symbol;
    std::vector<Binding> bindings;
    std::vector<Variant> variants;
    bool barrier = true;
    uint16_t results = 0;
  };
  struct Port {
    schema::PortKind kind;
    schema::Size size;
  };
  struct Kernel {
    std::string name;
    uint64_t entry;
    uint16_t part = 0;
  };
  struct Part {
    std::string target;
    std::string architecture;
    std::string features;
    std::vector<std::byte> code;
  };
  struct Candidate {
    std::vector<std::pair<std::string, int64_t>> settings;
    uint64_t nanoseconds;
    uint64_t again = 0;
  };
  struct Tuning {
    uint32_t kernel;
    uint64_t tokens;
    uint32_t threads;
    std::vector<Candidate> candidates;
    uint32_t chosen;
  };
  struct Program {
    std::string target;
    std::string processor;
    std::vector<std::string> features;
    std::string architecture;
    std::vector<Kernel> kernels;
    std::string entry = "forward";
    std::vector<Port> inputs;
    std::vector<Port> outputs;
    schema::Size arena;
    std::vector<Step> steps;
    std::vector<std::byte> code;
    std::vector<Tuning> tunings;
    std::vector<Part> parts;
  };

  uint32_t vocabulary = 0;
  uint32_t context = 0;
  std::vector<std::byte> weights;
  std::vector<std::byte> tokenizer;
  std::vector<Parameter> parameters;
  std::vector<State> states;
  std::vector<Program> programs;
  std::vector<int32_t> endIds;
  int32_t beginId = -1;
  std::string chatTemplate = "{{ messages }}";
  /// Absent, as in older files, where empty.
  std::string beginToken, endToken;
  /// A change to the segments' places as the metadata tells them.
  std::function<void(schema::Segment &)> changeWeights = [](schema::Segment &) {};
  /// The same of the digests of the segments; without digests the metadata has no list of them.
  std::function<void(std::vector<schema::Digest> &)> changeDigests =
      [](std::vector<schema::Digest> &) {};

  /// The FlatBuffer around segments that lie as given.
  std::vector<std::byte> metadata(const schema::Segment &weights, const schema::Segment &tokenizer,
                                  const std::vector<std::vector<schema::Segment>> &codes,
                                  const std::vector<schema::Digest> &digests = {}) const;
  Result<void> write(const std::string &path) const;
};

inline schema::Storage denseF32() {
  return {schema::Scalar::F32, 0, schema::ArrangementKind::Rows, 0, 0, 1, 1};
}
inline schema::Size constantBytes(uint64_t n) { return {n, 0, 0, 0, 0}; }
inline schema::Size tokenBytes(uint64_t n) { return {0, n, 0, 0, 0}; }
inline schema::Size rowBytes(uint64_t n) { return {0, 0, n, 0, 0}; }
inline schema::Size slotBytes(uint64_t n) { return {0, 0, 0, 0, n}; }

/// A "model" of 7 tokens and context 32. Every token weighs a number; a sequence's logits
/// at a row are the sum of the weights of its tokens up to there, plus the token's id.
/// Kernels: "embed" (any number of tokens), "embed.one", "keep", "head"; its code is no
/// real code.
SyntheticArtifact additiveModel();

/// Whole file contents.
std::vector<std::byte> readFile(const std::string &path);
void writeFile(const std::string &path, std::span<const std::byte> bytes);

} // namespace weft::test
