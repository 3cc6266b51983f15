#include "compiler/package/WriteArtifact.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace weft {

namespace {

using Builder = flatbuffers::FlatBufferBuilder;

std::span<const std::byte> bytesOf(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

auto buildPairs(Builder &builder, const ArtifactParts::Pairs &pairs) {
  std::vector<flatbuffers::Offset<schema::KeyValue>> table;
  for (const auto &[key, value] : pairs)
    table.push_back(schema::CreateKeyValueDirect(builder, key.c_str(), value.c_str()));
  return builder.CreateVector(table);
}

auto buildParameters(Builder &builder, const WrittenWeights &weights) {
  std::vector<flatbuffers::Offset<schema::Parameter>> table;
  for (const WrittenParameter &written : weights.parameters) {
    ParameterOp op = written.op;
    RankedTensorType type = op.getTensorType();
    std::vector<uint64_t> shape(type.getShape().begin(), type.getShape().end());
    Storage stored = storageOf(type);
    schema::Storage storage = tableOf(stored);
    std::vector<int8_t> levels(stored.levels.begin(), stored.levels.end());
    table.push_back(schema::CreateParameterDirect(
        builder, op.getSymName().str().c_str(), &shape, &storage, written.offset, written.bytes,
        stored.hasLevels() ? &levels : nullptr, stored.super, stored.mins));
  }
  return builder.CreateVector(table);
}

auto buildStates(Builder &builder, const SymbolTables &tables) {
  std::vector<flatbuffers::Offset<schema::State>> table;
  for (auto [op, bytes, runs] : tables.states) {
    StateOp state = op;
    auto type = cast<KvType>(state.getType());
    schema::Storage storage = tableOf(storageOf(type));
    schema::Size size(0, 0, 0, 0, bytes);
    table.push_back(schema::CreateStateDirect(builder, state.getSymName().str().c_str(),
                                              schema::StateKind::KvCache, type.getHeads(),
                                              type.getHeadDim(), &storage, &size, runs));
  }
  return builder.CreateVector(table);
}

auto buildSettings(Builder &builder, const std::vector<KernelSetting> &settings) {
  std::vector<flatbuffers::Offset<schema::Setting>> table;
  for (const KernelSetting &setting : settings)
    table.push_back(schema::CreateSettingDirect(builder, setting.name.c_str(), setting.value));
  return builder.CreateVector(table);
}

/// Nothing where there are none, so that an artifact has no trace of a tuning that was not.
flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<schema::Tuning>>>
buildTunings(Builder &builder, const CompiledProgram &program) {
  if (program.tunings.empty())
    return 0;
  std::vector<flatbuffers::Offset<schema::Tuning>> table;
  for (const KernelTuning &tuning : program.tunings) {
    std::vector<flatbuffers::Offset<schema::Candidate>> candidates;
    for (const KernelTuning::Candidate &candidate : tuning.candidates)
      candidates.push_back(schema::CreateCandidate(builder,
                                                   buildSettings(builder, candidate.settings),
                                                   candidate.nanoseconds, candidate.again));
    auto kernel =
        llvm::find_if(program.kernels, [&](const auto &k) { return k.name == tuning.kernel; });
    assert(kernel != program.kernels.end() && "a tuning of a kernel that was compiled");
    table.push_back(schema::CreateTuning(builder, uint32_t(kernel - program.kernels.begin()),
                                         tuning.tokens, tuning.threads,
                                         builder.CreateVector(candidates), tuning.chosen));
  }
  return builder.CreateVector(table);
}

/// Nothing where one backend compiled all.
flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<schema::Part>>>
buildParts(Builder &builder, const CompiledTarget &target, ArrayRef<schema::Segment> codes) {
  if (target.parts.size() == 1)
    return 0;
  std::vector<flatbuffers::Offset<schema::Part>> table;
  for (auto [part, code] : llvm::drop_begin(llvm::zip(target.parts, codes))) {
    const CompiledProgram &program = part.program;
    table.push_back(schema::CreatePartDirect(
        builder, part.backend->name().str().c_str(), program.processor.c_str(),
        llvm::join(program.features, ",").c_str(), program.architecture.c_str(), &code));
  }
  return builder.CreateVector(table);
}

FailureOr<flatbuffers::Offset<schema::Program>>
buildProgram(Builder &builder, const CompiledTarget &target, const SymbolTables::Numbers &numbers,
             const SymbolTables &tables, ArrayRef<schema::Segment> codes) {
  auto entryTable = buildEntry(builder, target, numbers, tables);
  if (failed(entryTable))
    return failure();
  std::vector<flatbuffers::Offset<schema::Entry>> entries{*entryTable};
  std::vector<flatbuffers::Offset<schema::Kernel>> kernels;
  for (auto [number, part] : llvm::enumerate(target.parts))
    for (const CompiledProgram::Kernel &kernel : part.program.kernels)
      kernels.push_back(
          schema::CreateKernelDirect(builder, kernel.name.c_str(), kernel.entry, number));
  const auto &[backend, program] = target.parts.front();
  auto features = builder.CreateVectorOfStrings(program.features);
  auto tunings = buildTunings(builder, program);
  auto parts = buildParts(builder, target, codes);
  return schema::CreateProgram(
      builder, builder.CreateString(backend->name().str()), builder.CreateString(program.processor),
      features, builder.CreateString(program.architecture), &codes.front(),
      builder.CreateVector(kernels), builder.CreateVector(entries), tunings, parts);
}

} // namespace

Result<void> writeArtifact(const std::string &path, const std::vector<CompiledTarget> &targets,
                           const ArtifactParts &parts, WeightFiles &files, unsigned threads,
                           const Progress &progress) {
  Result<ArtifactWriter> writer = ArtifactWriter::create(path);
  if (!writer)
    return failFrom(writer);
  // Small segments first, so that a reader that wants only these touches few pages.
  std::vector<std::vector<schema::Segment>> codes;
  for (const CompiledTarget &target : targets) {
    codes.emplace_back();
    for (const ProgramPart &part : target.parts) {
      Result<schema::Segment> code = writer->append(std::as_bytes(std::span(part.program.code)));
      if (!code)
        return failFrom(code);
      codes.back().push_back(*code);
    }
  }
  Result<schema::Segment> tokenizer = writer->append(bytesOf(parts.tokenizerJson));
  if (!tokenizer)
    return failFrom(tokenizer);
  SymbolTables tables;
  std::vector<SymbolTables::Numbers> numbers;
  for (const CompiledTarget &target : targets)
    numbers.push_back(tables.add(target));
  Result<WrittenWeights> weights =
      writeWeights(tables.parameters, files, *writer, threads, progress);
  if (!weights)
    return failFrom(weights);

  Builder builder;
  std::vector<flatbuffers::Offset<schema::Program>> programs;
  for (auto [target, number, code] : llvm::zip(targets, numbers, codes)) {
    auto program = buildProgram(builder, target, number, tables, code);
    if (failed(program))
      return fail("the program could not be written");
    programs.push_back(*program);
  }
  auto text = schema::CreateText(builder, &*tokenizer, builder.CreateVector(parts.endIds),
                                 parts.beginId, builder.CreateString(parts.chatTemplate),
                                 builder.CreateString(parts.beginToken),
                                 builder.CreateString(parts.endToken));
  auto producer = builder.CreateString("weftc " WEFT_VERSION);
  auto family = builder.CreateString(parts.family);
  auto parameters = buildParameters(builder, *weights);
  auto states = buildStates(builder, tables);
  auto programTable = builder.CreateVector(programs);
  auto config = buildPairs(builder, parts.config),
       provenance = buildPairs(builder, parts.provenance);
  auto digests = builder.CreateVectorOfStructs(writer->digests());
  auto artifact = schema::CreateArtifact(builder, producer, family, parts.vocabulary, parts.context,
                                         parts.weightCount, &weights->segment, parameters, states,
                                         programTable, text, config, provenance, digests);
  schema::FinishArtifactBuffer(builder, artifact);
  return writer->finish(std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize())));
}

} // namespace weft
