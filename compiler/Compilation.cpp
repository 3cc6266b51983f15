#include "compiler/Compilation.h"

#include "compiler/Dump.h"
#include "compiler/FirstDiagnostic.h"
#include "compiler/LowerTargets.h"
#include "compiler/Progress.h"
#include "compiler/ReadText.h"
#include "compiler/package/WriteArtifact.h"
#include "frontend/Checkpoint.h"
#include "ir/Weft.h"
#include "models/Family.h"
#include "runtime/base/ProcessorShare.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>

namespace weft {

namespace {

class Compilation {
public:
  explicit Compilation(const CompilationOptions &options)
      : options(options), report(options.verbose), firstError(context),
        dumps(options.dumpDirectory), programs(options, report, firstError, dumps) {}

  Result<void> run() {
    for (auto step : {&Compilation::checkOptions, &Compilation::import, &Compilation::lower})
      if (Result<void> done = (this->*step)(); !done)
        return done;
    if (options.compileTo)
      return print();
    if (Result<void> generated = programs.generate(); !generated)
      return generated;
    if (Result<void> written = write(); !written)
      return written;
    // A module has none; of a checkpoint one is expected.
    if (parts.tokenizerJson.empty() && !isModule())
      report.remark(fmt::format("'{}': found no tokenizer, so the artifact takes token ids and no "
                                "text; give one with --tokenizer",
                                options.input));
    return {};
  }

private:
  Result<void> checkOptions() {
    if (options.output.empty() && !options.compileTo)
      return fail("expected a file for the artifact, found none");
    if (options.tune && options.compileTo)
      return fail("--tune measures code: it does not go together with --compile-to");
    if (options.tune && options.targets.size() != 1)
      return fail(fmt::format("--tune measures code of one target: expected no other, found {}",
                              fmt::join(options.targets, ",")));
    if (options.tune && options.processors != std::vector<std::string>{"native"})
      return fail(fmt::format("--tune measures on this machine's processor: expected --cpu native "
                              "alone, found {}",
                              fmt::join(options.processors, ",")));
    if (options.compileTo >= Phase::Placed && options.targets.size() > 1)
      return fail(
          fmt::format("from the phase 'placed' on there is a module for each target: expected "
                      "one target with --compile-to, found {}",
                      fmt::join(options.targets, ",")));
    if (Result<void> chosen = programs.chooseBackends(); !chosen)
      return chosen;
    return dumps.make();
  }

  bool isModule() const { return llvm::StringRef(options.input).ends_with(".mlir"); }

  Result<void> import() {
    report.begin("import");
    Result<void> imported = isModule() ? parseModule() : importCheckpoint();
    if (!imported)
      return imported;
    if (Result<void> tokenizer = readTokenizer(options, parts, report); !tokenizer)
      return tokenizer;
    if (Result<void> chat = readChatTemplate(options, parts); !chat)
      return chat;
    if (!options.pruneVocabulary.empty())
      if (Result<void> pruned = pruneTokens(options.pruneVocabulary, *module, parts); !pruned)
        return pruned;
    Result<ModelInfo> info = readModelInfo(*module);
    if (!info)
      return failFrom(info);
    if (Result<void> verified = run(Phase::Import, {}); !verified)
      return verified;
    if (options.context > info->context)
      return fail(
          fmt::format("--context {} is more than the {} positions that the model was made for",
                      options.context, info->context));
    if (Result<void> known = checkTokens(parts, info->vocabulary, options.input); !known)
      return known;
    parts.family = info->family;
    parts.vocabulary = info->vocabulary;
    parts.context = options.context ? options.context : info->context;
    parts.weightCount = info->weightCount;
    for (const auto &[key, value] : info->config)
      parts.config.emplace_back(
          key, std::visit([](const auto &v) { return fmt::format("{}", v); }, value));
    return dump(Phase::Import);
  }

  Result<void> parseModule() {
    context.loadDialect<WeftDialect, mlir::func::FuncDialect, mlir::arith::ArithDialect>();
    module = mlir::parseSourceFile<mlir::ModuleOp>(options.input, &context);
    if (!module)
      return firstError.or_("cannot read '" + options.input + "'");
    files = std::make_unique<WeightFiles>(llvm::sys::path::parent_path(options.input).str(),
                                          options.allowSource ? WeightFiles::Access::Anywhere
                                                              : WeightFiles::Access::Inside);
    parts.provenance = {{"format", "mlir"}};
    return checkSources();
  }

  /// Whoever wrote the module named files of ours: those beside it are meant.
  Result<void> checkSources() {
    for (auto parameter : module->getOps<ParameterOp>())
      if (auto sources = parameter.getSources())
        for (auto source : sources->getAsRange<SourceAttr>())
          if (Result<void> allowed = files->allow(source.getFile().str()); !allowed)
            return fail(fmt::format("'{}': parameter '{}': {}", options.input,
                                    parameter.getSymName().str(), allowed.error().message));
    return {};
  }

  Result<void> importCheckpoint() {
    // The module names the files of its weights; absolute paths make a dump of it good
    // anywhere. They do not get into the artifact.
    llvm::SmallString<256> path(options.input);
    if (llvm::sys::fs::exists(path))
      llvm::sys::fs::make_absolute(path);
    Result<std::unique_ptr<Checkpoint>> opened = openCheckpoint(path.str().str());
    if (!opened)
      return failFrom(opened);
    const Checkpoint &checkpoint = **opened;
    ModelOptions modelOptions;
    modelOptions.kv = options.kv;
    auto built = buildModel(checkpoint, context, modelOptions);
    if (!built)
      return failFrom(built);
    module = std::move(*built);
    files = std::make_unique<WeightFiles>();
    parts.tokenizerJson = checkpoint.tokenizerJson();
    parts.endIds = checkpoint.textDefaults().endIds;
    parts.beginId = checkpoint.textDefaults().beginId;
    parts.chatTemplate = checkpoint.textDefaults().chatTemplate;
    parts.beginToken = checkpoint.textDefaults().beginToken;
    parts.endToken = checkpoint.textDefaults().endToken;
    parts.provenance = {{"format", std::string(checkpoint.format())}};
    return {};
  }

  Result<void> run(Phase phase, const PipelineOptions &pipeline) {
    mlir::PassManager passes(&context);
    addPhase(passes, phase, pipeline);
    if (mlir::failed(passes.run(*module)))
      return firstError.or_("phase '" + nameOf(phase).str() + "' failed");
    return {};
  }

  /// Says aloud which matrices --quantize leaves as they are.
  void reportKept() {
    size_t matrices = 0, kept = 0;
    module->walk([&](ParameterOp parameter) {
      if (parameter.getTensorType().getRank() != 2)
        return;
      ++matrices;
      kept += storageOf(parameter.getTensorType()).isBlock();
    });
    if (kept > 0)
      report.remark(
          fmt::format("{} of {} matrices are in blocks of integers already and keep their bits; "
                      "--quantize is for the others",
                      kept, matrices));
  }

  Result<void> lower() {
    PipelineOptions pipeline;
    if (options.quantize) {
      reportKept();
      pipeline.weights.emplace();
      pipeline.weights->format = *options.quantize;
      pipeline.weights->scale = options.scale;
    }
    for (Phase phase : {Phase::Canonical, Phase::Quantized, Phase::Fused}) {
      if (options.compileTo && phase > *options.compileTo)
        return {};
      report.begin(nameOf(phase).str());
      if (Result<void> done = run(phase, pipeline); !done)
        return done;
      if (Result<void> dumped = dump(phase); !dumped)
        return dumped;
    }
    return programs.lower(*module);
  }

  Result<void> write() {
    report.begin("weights");
    auto add = [&](std::string key, std::string value) {
      parts.provenance.emplace_back(std::move(key), std::move(value));
    };
    llvm::StringRef input = llvm::StringRef(options.input).rtrim('/');
    add("checkpoint", llvm::sys::path::filename(input).str());
    if (!options.pruneVocabulary.empty())
      add("vocabulary", "pruned");
    add("quantize", options.quantize ? nameOf(*options.quantize).str() : "none");
    unsigned threads = options.threads ? options.threads : availableProcessors();
    return writeArtifact(options.output, programs.targets(), parts, *files, threads,
                         [&](double share) { report.update(share); });
  }

  Result<void> dump(Phase phase) {
    return dumps ? dumps.write(fileOf(phase), textOf(*module)) : Result<void>();
  }

  Result<void> print() {
    std::string text =
        textOf(options.compileTo >= Phase::Placed ? programs.modules().front() : *module);
    if (!options.output.empty())
      return writeText(options.output, text);
    llvm::outs() << text;
    llvm::outs().flush();
    if (std::error_code error = llvm::outs().error()) {
      // An error that nobody took ends the process at exit.
      llvm::outs().clear_error();
      return fail("cannot write to standard output: " + error.message());
    }
    return {};
  }

  const CompilationOptions &options;
  mlir::MLIRContext context;
  ProgressReport report;
  FirstError firstError;
  DumpFolder dumps;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<WeightFiles> files;
  Programs programs;
  ArtifactParts parts;
};

} // namespace

Result<void> compile(const CompilationOptions &options) { return Compilation(options).run(); }

} // namespace weft
