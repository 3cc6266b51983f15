#include "backends/cpu/tune/CompileCandidates.h"

#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"

#include <atomic>
#include <thread>

using namespace mlir;

namespace weft::cpu {

static std::string textOf(func::FuncOp kernel) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  kernel.print(stream, OpPrintingFlags().useLocalScope());
  return text;
}

/// Compiles `candidates.schedules` from the text of their kernel.
static Result<void> compile(const std::string &text, const CpuTarget &target,
                            CompiledCandidates &candidates) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<WeftDialect>();
  loadKernelDialects(context);
  std::string name = candidates.form.name();
  OwningOpRef<ModuleOp> source = parseSourceString<ModuleOp>(text, &context);
  if (!source)
    return fail(name + " could not be read again");
  CompiledForm form = candidates.form;
  form.kernel = *source->getOps<func::FuncOp>().begin();

  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  auto nameOf = [&](size_t number) { return name + "." + std::to_string(number); };
  for (const auto &[number, schedule] : llvm::enumerate(candidates.schedules))
    if (failed(form.generate(*module, nameOf(number), target, schedule)))
      return fail(name + " could not be generated");
  FailureOr<CodeImage> image = emitCode(*module, target, nullptr);
  if (failed(image))
    return fail(name + " could not be compiled");
  candidates.image = std::move(*image);
  const auto &kernels = candidates.image.kernels;
  for (size_t number = 0; number < candidates.schedules.size(); ++number) {
    auto found = llvm::find_if(kernels, [&](const auto &k) { return k.name == nameOf(number); });
    candidates.functions.push_back(uint32_t(found - kernels.begin()));
  }
  return {};
}

Result<std::vector<CompiledCandidates>> compileCandidates(ArrayRef<CompiledForm> forms,
                                                          const CpuTarget &target, unsigned threads,
                                                          const std::function<void(double)> &done) {
  std::vector<CompiledCandidates> all;
  std::vector<std::string> texts;
  for (const CompiledForm &form : forms) {
    all.push_back({form, form.candidates(target), {}, {}});
    texts.push_back(textOf(form.kernel));
  }
  std::vector<Result<void>> results(all.size());
  std::atomic<size_t> next = 0, finished = 0;
  auto work = [&](bool isCaller) {
    for (size_t i; (i = next++) < all.size();) {
      results[i] = compile(texts[i], target, all[i]);
      ++finished;
      if (isCaller)
        done(double(finished) / double(all.size()));
    }
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i)
    others.emplace_back(work, false);
  work(true);
  for (std::thread &other : others)
    other.join();
  for (const Result<void> &result : results)
    if (!result)
      return failFrom(result);
  return all;
}

} // namespace weft::cpu
