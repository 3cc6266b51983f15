// The compile side of a backend: which kernels it takes, and their code.
//
// A compile side includes this header and nothing else of Weft: it brings the dialect that
// kernels are written in (ir/Weft.h), how weights are stored (ir/storage), and how programs
// call kernels (runtime/artifact/Kernel.h). A plug-in leaves the symbols of Weft and MLIR
// undefined: the program that loads it has them, and one copy of each dialect is all that MLIR
// allows. runtime/device/Device.h says how plug-ins are found.
#pragma once

#include "ir/Weft.h"
#include "ir/storage/ScalarConversion.h"
#include "ir/storage/Storage.h"
#include "ir/storage/SuperBlock.h"
#include "runtime/artifact/Kernel.h"
#include "runtime/artifact/artifact_generated.h"
#include "runtime/base/Error.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Config/llvm-config.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weft {

class Device; // runtime/device/Device.h

/// Another function that a variant can run: with the same bindings and grid it computes the same
/// bits in another order or with other instructions. Which one is fastest depends on the processor;
/// the runtime measures it. Its name is that of the variant's own function and more, the same for
/// all kernels that are compiled in the same way: "linear_1.unroll2".
struct KernelAlternative {
  /// Index into CompiledProgram::kernels.
  uint32_t kernel = 0;
  /// What it needs beside CompiledProgram::features.
  std::vector<std::string> features;
  /// Where nothing was measured, devices whose Device::identity() begins so run this one, the first
  /// of several; "" is all devices.
  std::optional<std::string> favoredBy;
};

/// A form of a kernel for up to `most` tokens (rows, for a kernel over rows); 0: any number.
struct KernelVariant {
  uint64_t most = 0;
  /// Index into CompiledProgram::kernels.
  uint32_t kernel = 0;
  /// Workgroups: count * ceil(symbol / tile).
  schema::Grid grid;
  /// As Command::shared.
  uint8_t shared = WEFT_SHARE_DEFAULT;
  std::vector<KernelAlternative> alternatives = {};
};

/// The value of a free parameter of a kernel's code, for people.
struct KernelSetting {
  std::string name;
  int64_t value = 0;
};

/// A comparison that was measured to choose how a kernel is compiled.
struct KernelTuning {
  struct Candidate {
    std::vector<KernelSetting> settings;
    /// Medians; `again` of a second series, 0 where there was none.
    uint64_t nanoseconds = 0, again = 0;
  };
  std::string kernel; // of CompiledProgram::kernels
  uint64_t tokens = 0;
  uint32_t threads = 0;
  /// What is kept unless another one is clearly faster comes first.
  std::vector<Candidate> candidates;
  uint32_t chosen = 0;
};

/// The forms of one kernel function of the module, by falling preference: the first that
/// fits is run, the last one fits any number. Bindings are the function's arguments in
/// order, then its results without states (a state that a kernel returns is the one it was
/// given, changed in place).
struct KernelForms {
  std::string function;
  schema::Symbol symbol = schema::Symbol::Tokens;
  std::vector<KernelVariant> variants;
  /// What finishes the job once all workgroups of a variant are done, with the same bindings:
  /// variants of a second step, or none.
  std::vector<KernelVariant> then;
  /// Memory from the one step to the other: a binding behind the others.
  uint64_t scratchBytes = 0;
};

/// What a backend makes of all kernels of a module that were placed on it.
struct CompiledProgram {
  struct Kernel {
    std::string name;
    /// Of the device's choosing, below the bytes of `code`: KernelEntry::offset.
    uint64_t entry = 0;
  };
  std::string architecture;          // "x86_64"
  std::string processor;             // for people
  std::vector<std::string> features; // that the device must have; LLVM's names on a CPU
  std::vector<char> code;
  std::vector<Kernel> kernels;
  std::vector<KernelForms> forms;
  /// Of what went before compile(); backends leave it empty.
  std::vector<KernelTuning> tunings;
};

/// One kernel in several ways to compile it, ready to run on memory of the size that a model
/// gives it. Not thread-safe.
class KernelTrial {
public:
  virtual ~KernelTrial() = default;
  /// Of CompiledProgram::kernels.
  virtual std::string kernel() const = 0;
  /// Tokens (or rows) of a run.
  virtual uint64_t tokens() const = 0;
  /// The settings of each candidate; what is kept unless another one is clearly faster comes first.
  virtual std::vector<std::vector<KernelSetting>> candidates() const = 0;
  /// Dispatches of the kernel in one run, at least 1.
  virtual uint64_t dispatches() const = 0;
  /// Seconds that a run of a candidate took. Errors: those of the device.
  virtual Result<double> run(size_t candidate) = 0;
  /// Hash of what a run of a candidate computes, which has to be the same for all.
  virtual Result<uint64_t> resultHash(size_t candidate) = 0;
};

/// What Backend::tune() is given.
struct TuningRequest {
  llvm::ArrayRef<mlir::func::FuncOp> kernels;
  /// Runs the code: of the processor that the backend compiles for.
  Device &device;
  unsigned threads = 1; // of the device
  /// Bytes of all weights of the model: what passes by between two runs of one kernel.
  uint64_t weightBytes = 0;
  /// Compares the candidates of a trial, which is of the kernel `number` of `count`, and returns
  /// the one to take. A kernel may have a second trial, whose candidates depend on that.
  std::function<Result<size_t>(KernelTrial &trial, size_t number, size_t count)> choose;
  /// Told the share of the candidates that are compiled, before the first comparison.
  std::function<void(double share)> compiled;
};

/// Takes intermediate forms of kernels ("linear_add.ll") while --dump-ir is on; called
/// from one thread.
using DumpSink = std::function<void(llvm::StringRef file, llvm::StringRef text)>;

/// Stateless apart from its own options; may be used from any thread, one call at a time.
class Backend {
public:
  virtual ~Backend() = default;
  /// What programs name as their target: "cpu".
  virtual llvm::StringRef name() const = 0;
  /// Whether it can compile `kernel`; a pure function of it. What one backend does not take
  /// falls to another. Kernels that share a state are all given to one backend.
  virtual bool takes(mlir::func::FuncOp kernel) const = 0;
  /// How a matrix that is stored as `storage` must stand, of those that products (`product`)
  /// and embeddings, or embeddings alone, read. All other weights stand in rows.
  virtual Arrangement weightArrangement(const Storage &storage, bool product) const = 0;
  /// Bytes of a state for each position of a sequence, in a layout of its own. Contexts are
  /// multiples of 64.
  virtual uint64_t stateBytesPerPosition(mlir::Type state) const = 0;
  /// So that positions of one sequence can be copied to another: in how many runs of equal bytes
  /// the state of a sequence lies, each with all its positions in order. Groups of
  /// WEFT_CONTEXT_MULTIPLE positions have any layout in themselves. So the memory of a state is
  /// [sequences][runs][context / 64][bytes of a group]. 0: it has another form, and sequences of
  /// the program cannot be copied.
  virtual uint64_t stateRuns(mlir::Type state) const { return 0; }
  /// Compiles the kernels among `kernels`' functions. Emits diagnostics with the location
  /// of what it cannot compile. `dump` may be null. The same input gives the same bytes.
  virtual mlir::FailureOr<CompiledProgram> compile(llvm::ArrayRef<mlir::func::FuncOp> kernels,
                                                   const DumpSink &dump) const = 0;
  /// Whether tune() is implemented.
  virtual bool canTune() const { return false; }
  /// Compiles each kernel in every way that is worth comparing, lets the caller choose, and
  /// returns a backend that compiles kernels as chosen. Errors: canTune() is false; those of
  /// compiling, of the device and of the caller.
  virtual Result<std::unique_ptr<Backend>> tune(const TuningRequest &request) const {
    return fail("the target '" + name().str() + "' has nothing to tune");
  }
};

/// Of this header and what it includes; counts every change of them. A plug-in that was built
/// with another one, or with another LLVM, is refused.
inline constexpr uint32_t backendVersion = 3;

struct BackendOptions {
  /// What `weftc --cpu` says, for backends that compile for a processor: "native".
  std::string processor = "native";
};

/// A kind of backend. Its functions may be called from any thread.
struct BackendPlugin {
  uint32_t version = backendVersion; // stays first in all versions
  const char *llvm = LLVM_VERSION_STRING;
  /// Of letters, digits, '-' and '_': "vulkan". That of its device.
  const char *name = nullptr;
  /// For people, in a line: "kernels as C, compiled by cc".
  const char *description = nullptr;
  /// Errors: what it needs is not there, or an option that it does not know.
  Result<std::unique_ptr<Backend>> (*make)(const BackendOptions &options) = nullptr;
  /// Whether BackendOptions::processor matters, so that an artifact may have a program for each of
  /// several processors.
  bool hasProcessors = false;
};

} // namespace weft

/// What the compile side of a plug-in defines: a kind of backend that lives as long as the
/// process.
extern "C" __attribute__((visibility("default"))) const weft::BackendPlugin *weft_backend_plugin();
