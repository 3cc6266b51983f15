#include "SyntheticArtifact.h"

#include <filesystem>
#include <fstream>

namespace weft::test {

using flatbuffers::FlatBufferBuilder;
using schema::PortKind;
using schema::Space;
using schema::Symbol;

template <typename List, typename Make>
static auto vectorOf(FlatBufferBuilder &b, const List &list, Make make) {
  std::vector<decltype(make(list[0]))> made;
  for (const auto &each : list)
    made.push_back(make(each));
  return b.CreateVector(made);
}

static auto buildProgram(FlatBufferBuilder &b, const SyntheticArtifact::Program &program,
                         const std::vector<schema::Segment> &codes) {
  auto port = [&](const SyntheticArtifact::Port &p) {
    return schema::CreatePort(b, p.kind, &p.size);
  };
  auto binding = [&](const SyntheticArtifact::Binding &x) {
    return schema::CreateBinding(b, x.space, x.index, &x.offset, &x.size);
  };
  auto alternative = [&](const SyntheticArtifact::Alternative &a) {
    return schema::CreateAlternativeDirect(b, a.kernel,
                                           a.features.empty() ? nullptr : a.features.c_str(),
                                           a.favoredBy ? a.favoredBy->c_str() : nullptr);
  };
  auto variant = [&](const SyntheticArtifact::Variant &v) {
    return schema::CreateVariant(b, v.most, v.kernel, &v.grid, v.shared,
                                 v.alternatives.empty() ? 0
                                                        : vectorOf(b, v.alternatives, alternative));
  };
  auto step = [&](const SyntheticArtifact::Step &s) {
    return schema::CreateStep(b, b.CreateString(s.name), s.symbol, vectorOf(b, s.bindings, binding),
                              vectorOf(b, s.variants, variant), s.barrier, s.results);
  };
  auto kernel = [&](const SyntheticArtifact::Kernel &k) {
    return schema::CreateKernel(b, b.CreateString(k.name), k.entry, k.part);
  };
  auto setting = [&](const std::pair<std::string, int64_t> &s) {
    return schema::CreateSettingDirect(b, s.first.c_str(), s.second);
  };
  auto candidate = [&](const SyntheticArtifact::Candidate &c) {
    return schema::CreateCandidate(b, vectorOf(b, c.settings, setting), c.nanoseconds, c.again);
  };
  auto tuning = [&](const SyntheticArtifact::Tuning &t) {
    return schema::CreateTuning(b, t.kernel, t.tokens, t.threads,
                                vectorOf(b, t.candidates, candidate), t.chosen);
  };
  size_t number = 0;
  auto part = [&](const SyntheticArtifact::Part &p) {
    return schema::CreatePartDirect(b, p.target.c_str(), "generic", p.features.c_str(),
                                    p.architecture.c_str(), &codes[++number]);
  };
  std::vector entries = {schema::CreateEntry(
      b, b.CreateString(program.entry), vectorOf(b, program.inputs, port),
      vectorOf(b, program.outputs, port), &program.arena, vectorOf(b, program.steps, step))};
  return schema::CreateProgram(b, b.CreateString(program.target), b.CreateString(program.processor),
                               b.CreateVectorOfStrings(program.features),
                               b.CreateString(program.architecture), &codes[0],
                               vectorOf(b, program.kernels, kernel), b.CreateVector(entries),
                               program.tunings.empty() ? 0 : vectorOf(b, program.tunings, tuning),
                               program.parts.empty() ? 0 : vectorOf(b, program.parts, part));
}

std::vector<std::byte>
SyntheticArtifact::metadata(const schema::Segment &weightsSegment,
                            const schema::Segment &tokenizerSegment,
                            const std::vector<std::vector<schema::Segment>> &codes,
                            const std::vector<schema::Digest> &digests) const {
  FlatBufferBuilder b;
  auto parameter = [&](const Parameter &p) {
    return schema::CreateParameter(b, b.CreateString(p.name), b.CreateVector(p.shape), &p.storage,
                                   p.offset, p.bytes, 0, p.super, p.mins);
  };
  auto state = [&](const State &s) {
    return schema::CreateState(b, b.CreateString(s.name), schema::StateKind(s.kind), s.heads,
                               s.headDim, &s.storage, &s.size, s.runs);
  };
  std::vector<flatbuffers::Offset<schema::Program>> built;
  for (size_t i = 0; i < programs.size(); ++i)
    built.push_back(buildProgram(b, programs[i], codes[i]));
  auto optional = [&](const std::string &given) {
    return given.empty() ? flatbuffers::Offset<flatbuffers::String>() : b.CreateString(given);
  };
  auto begin = optional(beginToken), end = optional(endToken);
  auto text = schema::CreateText(b, &tokenizerSegment, b.CreateVector(endIds), beginId,
                                 b.CreateString(chatTemplate), begin, end);
  std::vector<flatbuffers::Offset<schema::KeyValue>> provenance = {
      schema::CreateKeyValue(b, b.CreateString("format"), b.CreateString("synthetic"))};
  schema::FinishArtifactBuffer(
      b, schema::CreateArtifact(
             b, b.CreateString("weft test"), b.CreateString("additive"), vocabulary, context,
             vocabulary, &weightsSegment, vectorOf(b, parameters, parameter),
             vectorOf(b, states, state), b.CreateVector(built), text,
             b.CreateVector(std::vector<flatbuffers::Offset<schema::KeyValue>>()),
             b.CreateVector(provenance), digests.empty() ? 0 : b.CreateVectorOfStructs(digests)));
  auto bytes = std::as_bytes(std::span(b.GetBufferPointer(), b.GetSize()));
  return {bytes.begin(), bytes.end()};
}

Result<void> SyntheticArtifact::write(const std::string &path) const {
  auto writer = ArtifactWriter::create(path);
  if (!writer)
    return failFrom(writer);
  auto weightsSegment = writer->append(weights);
  auto tokenizerSegment = writer->append(tokenizer);
  if (!weightsSegment || !tokenizerSegment)
    return failFrom(weightsSegment ? tokenizerSegment : weightsSegment);
  std::vector<std::vector<schema::Segment>> codes;
  for (const Program &program : programs) {
    std::vector<const std::vector<std::byte> *> all = {&program.code};
    for (const Part &part : program.parts)
      all.push_back(&part.code);
    codes.emplace_back();
    for (const auto *bytes : all) {
      auto code = writer->append(*bytes);
      if (!code)
        return failFrom(code);
      codes.back().push_back(*code);
    }
  }
  changeWeights(*weightsSegment);
  std::vector<schema::Digest> digests = writer->digests();
  changeDigests(digests);
  return writer->finish(metadata(*weightsSegment, *tokenizerSegment, codes, digests));
}

SyntheticArtifact additiveModel() {
  SyntheticArtifact a;
  a.vocabulary = 7;
  a.context = 32;
  const float weights[] = {0.5f, 1, 2, 4, 8, 16, 32};
  auto bytes = std::as_bytes(std::span(weights));
  // The parameter stands behind another one, so that its offset is not zero.
  a.weights.resize(64);
  a.weights[1] = std::byte(17);
  a.weights.insert(a.weights.end(), bytes.begin(), bytes.end());
  a.parameters = {{"unused", {4, 4}, denseF32(), 0, 64},
                  {"embedding", {7, 1}, denseF32(), 64, sizeof weights}};
  a.states = {{"kv", 1, 1, denseF32(), slotBytes(4), 0, 1}};
  a.endIds = {6};
  std::string tokenizer = "{\"model\": {}}";
  for (char c : tokenizer)
    a.tokenizer.push_back(std::byte(c));

  SyntheticArtifact::Program p;
  p.target = "cpu";
  p.processor = "generic";
#if defined(__aarch64__)
  p.architecture = "aarch64";
#else
  p.architecture = "x86_64";
#endif
  p.kernels = {{"embed", 0}, {"embed.one", 16}, {"keep", 32}, {"head", 48}};
  p.code.resize(5000, std::byte(0xcc));
  p.inputs = {{PortKind::Tokens, tokenBytes(4)},
              {PortKind::Positions, tokenBytes(4)},
              {PortKind::Sequences, tokenBytes(4)},
              {PortKind::Rows, rowBytes(4)}};
  p.outputs = {{PortKind::Logits, rowBytes(7 * 4)}};
  p.arena = {64, 64, 0, 0, 0};
  SyntheticArtifact::Binding x = {Space::Arena, 0, constantBytes(64), tokenBytes(4)};
  p.steps = {{"embedding",
              Symbol::Tokens,
              {{Space::Input, 0, {}, tokenBytes(4)},
               {Space::Parameter, 1, {}, constantBytes(sizeof weights)},
               x},
              {{1, 1, {1, 1, Symbol::One}}, {0, 0, {1, 2, Symbol::Tokens}}}},
             {"kv",
              Symbol::Tokens,
              {x,
               {Space::Input, 1, {}, tokenBytes(4)},
               {Space::Input, 2, {}, tokenBytes(4)},
               {Space::State, 0, {}, slotBytes(4)}},
              {{0, 2, {1, 1, Symbol::Tokens}}}},
             {"head",
              Symbol::Rows,
              {{Space::Input, 3, {}, rowBytes(4)},
               {Space::Input, 1, {}, tokenBytes(4)},
               {Space::Input, 2, {}, tokenBytes(4)},
               {Space::State, 0, {}, slotBytes(4)},
               {Space::Output, 0, {}, rowBytes(7 * 4)}},
              {{0, 3, {7, 1, Symbol::Rows}}}}};
  p.tunings = {
      {1,
       1,
       2,
       {{{{"unroll", 4}, {"sums", 4}}, 900, 910}, {{{"unroll", 8}, {"sums", 4}}, 800, 790}},
       1},
      {2, 336, 2, {{{{"shared", 4}}, 5000}, {{{"shared", 0}}, 6000}}, 0}};
  a.programs = {p};
  return a;
}

std::vector<std::byte> readFile(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

void writeFile(const std::string &path, std::span<const std::byte> bytes) {
  // A new file, because ext4 flushes one that is truncated and written anew.
  std::filesystem::remove(path);
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char *>(bytes.data()), std::streamsize(bytes.size()));
}

} // namespace weft::test
