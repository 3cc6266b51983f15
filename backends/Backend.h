// The compile side of a backend: which kernels it supports, and how it compiles them.
//
// A compile side includes only this header of Weft. The header includes the dialect in which
// kernels are written (ir/Weft.h), the storage of weights (ir/storage), and the calling convention
// of kernels (runtime/artifact/Kernel.h). A plug-in leaves the symbols of Weft and MLIR undefined
// and gets them from the program that loads it, because MLIR allows only one copy of each dialect.
// runtime/device/Device.h says how plug-ins are found.
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

/// Another function that a variant may run instead of its own. With the same bindings and grid it
/// computes the same bits, in another order of work or with other instructions. Which one is
/// fastest depends on the processor, so the runtime measures them. Its name is the name of the
/// variant's own function plus a suffix, which is the same for all kernels compiled in the same
/// way: "linear_1.unroll2".
struct KernelAlternative {
  /// Index into CompiledProgram::kernels.
  uint32_t kernel = 0;
  /// Device features that it needs in addition to CompiledProgram::features.
  std::vector<std::string> features;
  /// If nothing was measured, a device runs the first alternative whose `favoredBy` is a prefix of
  /// Device::identity(); "" matches all devices. Absent: no device prefers it.
  std::optional<std::string> favoredBy;
};

/// One compiled form of a kernel.
struct KernelVariant {
  /// Most tokens (rows, for a kernel over rows) that it can be called with; 0: any number.
  uint64_t most = 0;
  /// Index into CompiledProgram::kernels.
  uint32_t kernel = 0;
  /// The number of workgroups: count * ceil(symbol / tile).
  schema::Grid grid;
  /// Sixteenths of the workgroups that go to whichever thread is ready first (Command::shared).
  uint8_t shared = WEFT_SHARE_DEFAULT;
  std::vector<KernelAlternative> alternatives = {};
};

/// The value of one parameter of a Schedule, for display.
struct KernelSetting {
  std::string name;
  int64_t value = 0;
};

/// A measured comparison by which the compiler chose how to compile a kernel.
struct KernelTuning {
  struct Candidate {
    std::vector<KernelSetting> settings;
    /// Median times of a run. `again` is that of a second series, 0 if the candidate had none.
    uint64_t nanoseconds = 0, again = 0;
  };
  std::string kernel;   // its name in CompiledProgram::kernels
  uint64_t tokens = 0;  // tokens (or rows) of a run
  uint32_t threads = 0; // threads that ran it
  /// The candidates. The first is the default, which is kept unless another is clearly faster.
  std::vector<Candidate> candidates;
  uint32_t chosen = 0;
};

/// The variants of one kernel function of the module, in the order in which the runtime tries them.
/// It runs the first that fits; the last fits any number of tokens. The bindings are the function's
/// arguments in order, then its results without states (a state that a kernel returns is the state
/// that it was given, changed in place).
struct KernelForms {
  std::string function;
  schema::Symbol symbol = schema::Symbol::Tokens;
  std::vector<KernelVariant> variants;
  /// Variants of a second step, with the same bindings, which runs after all workgroups of the
  /// first; empty if there is no second step.
  std::vector<KernelVariant> then;
  /// Bytes of memory that the first step passes to the second, as a binding after all others.
  uint64_t scratchBytes = 0;
};

/// The compiled code of all kernels of a module that were placed on one backend.
struct CompiledProgram {
  struct Kernel {
    std::string name;
    /// KernelEntry::offset, which the device interprets; less than the size of `code`.
    uint64_t entry = 0;
  };
  std::string architecture;          // "x86_64"
  std::string processor;             // for people
  std::vector<std::string> features; // of the device, all required; LLVM's names on a CPU
  std::vector<char> code;
  std::vector<Kernel> kernels;
  std::vector<KernelForms> forms;
  /// The comparisons of tune(). The compiler fills them in; backends leave them empty.
  std::vector<KernelTuning> tunings;
};

/// One kernel, compiled as each of several candidates and ready to run on memory of the size that
/// the model gives it. Not thread-safe.
class KernelTrial {
public:
  virtual ~KernelTrial() = default;
  /// Its name in CompiledProgram::kernels.
  virtual std::string kernel() const = 0;
  /// The number of tokens (or rows) of a run.
  virtual uint64_t tokens() const = 0;
  /// The settings of each candidate. The first is the default, which is kept unless another is
  /// clearly faster.
  virtual std::vector<std::vector<KernelSetting>> candidates() const = 0;
  /// The number of dispatches of the kernel in one run, at least 1.
  virtual uint64_t dispatches() const = 0;
  /// Runs a candidate and returns the seconds it took. Errors: those of the device.
  virtual Result<double> run(size_t candidate) = 0;
  /// Returns a hash of what a run of a candidate computes, which has to be the same for all
  /// candidates. Errors: those of the device.
  virtual Result<uint64_t> resultHash(size_t candidate) = 0;
};

/// The input of Backend::tune().
struct TuningRequest {
  llvm::ArrayRef<mlir::func::FuncOp> kernels;
  /// The device that runs the candidates; it has the processor that the backend compiles for.
  Device &device;
  unsigned threads = 1; // of the device
  /// Bytes of all weights of the model. A decoded token reads that much between two runs of one
  /// kernel.
  uint64_t weightBytes = 0;
  /// Compares the candidates of the trial of kernel `number` of `count`, and returns the index of
  /// the candidate to use. A kernel may have a second trial, whose candidates depend on that
  /// result.
  std::function<Result<size_t>(KernelTrial &trial, size_t number, size_t count)> choose;
  /// Is called with the share of the candidates that are compiled, from 0 to 1, before the first
  /// comparison.
  std::function<void(double share)> compiled;
};

/// Receives intermediate representations of kernels ("linear_add.ll") for --dump-ir; called from
/// one thread.
using DumpSink = std::function<void(llvm::StringRef file, llvm::StringRef text)>;

/// The compile side of one target. It has no state except its options; it may be used from any
/// thread, one call at a time.
class Backend {
public:
  virtual ~Backend() = default;
  /// The name of the target: "cpu".
  virtual llvm::StringRef name() const = 0;
  /// Returns whether the backend can compile `kernel`; a pure function of it. A kernel that one
  /// backend does not support goes to another. Kernels that share a state all go to one backend.
  virtual bool takes(mlir::func::FuncOp kernel) const = 0;
  /// Returns the memory layout that the backend needs for a weight stored as `storage`. `product`
  /// is true if any matrix product reads the weight, false if only embeddings do. All other weights
  /// are stored in rows.
  virtual Arrangement weightArrangement(const Storage &storage, bool product) const = 0;
  /// Returns the bytes of a state per position of a sequence. Their layout is the backend's own.
  /// Contexts are multiples of 64 positions.
  virtual uint64_t stateBytesPerPosition(mlir::Type state) const = 0;
  /// Returns into how many slices of equal size the state of one sequence divides, so that
  /// Session::fork can copy positions of one sequence to another. Each slice has all positions in
  /// order, in groups of WEFT_CONTEXT_MULTIPLE positions whose internal layout is free. So the
  /// memory of a state is [sequences][slices][context / 64][bytes of a group]. 0: the state has
  /// another layout, and sequences of the program cannot be copied.
  virtual uint64_t stateRuns(mlir::Type state) const { return 0; }
  /// Compiles `kernels`. For a kernel that it cannot compile, it emits a diagnostic at the location
  /// of the op and fails. `dump` may be null. The same input gives the same bytes.
  virtual mlir::FailureOr<CompiledProgram> compile(llvm::ArrayRef<mlir::func::FuncOp> kernels,
                                                   const DumpSink &dump) const = 0;
  /// Returns whether tune() is implemented.
  virtual bool canTune() const { return false; }
  /// Compiles every candidate of each kernel, lets `request.choose` choose, and returns a backend
  /// that compiles kernels as chosen. Errors: canTune() is false; those of compiling, of the device
  /// and of `request`.
  virtual Result<std::unique_ptr<Backend>> tune(const TuningRequest &request) const {
    return fail("the target '" + name().str() + "' has nothing to tune");
  }
};

/// The version of this header and all that it includes; it grows with every change of them. A
/// plug-in that was built with another version, or with another LLVM, is refused.
inline constexpr uint32_t backendVersion = 3;

struct BackendOptions {
  /// The processor named by `weftc --cpu`, for backends that compile for one: "native".
  std::string processor = "native";
};

/// Describes a backend to the registry. Its functions may be called from any thread.
struct BackendPlugin {
  uint32_t version = backendVersion; // stays first in all versions
  const char *llvm = LLVM_VERSION_STRING;
  /// The name of the target and of its device: letters, digits, '-' and '_', as in "vulkan".
  const char *name = nullptr;
  /// A description in one line: "kernels as C, compiled by cc".
  const char *description = nullptr;
  /// Makes a backend. Errors: something that it needs is missing, or it does not know an option.
  Result<std::unique_ptr<Backend>> (*make)(const BackendOptions &options) = nullptr;
  /// Whether make() uses BackendOptions::processor, so that an artifact may have a program for each
  /// of several processors.
  bool hasProcessors = false;
};

} // namespace weft

/// The entry point that the compile side of a plug-in defines. The result lives as long as the
/// process.
extern "C" __attribute__((visibility("default"))) const weft::BackendPlugin *weft_backend_plugin();
