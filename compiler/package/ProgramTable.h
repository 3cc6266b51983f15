// A planned module as the tables of an artifact: who is called with which memory.
#pragma once

#include "backends/Backend.h"
#include "ir/Weft.h"

#include "llvm/ADT/DenseMap.h"

#include <map>
#include <vector>

namespace weft {

/// What one backend compiled of a program.
struct ProgramPart {
  const Backend *backend;
  CompiledProgram program;
};

/// A program: a module placed and planned for it, and what its backends compiled. The first one
/// is the target.
struct CompiledTarget {
  mlir::ModuleOp module;
  std::vector<ProgramPart> parts;
};

/// The parameters and states of an artifact, each once: programs share those that are alike,
/// and number them as they come.
class SymbolTables {
public:
  struct State {
    StateOp op;
    /// For each position of a sequence.
    uint64_t bytes;
    /// As Backend::stateRuns().
    uint64_t runs;
  };

  /// Numbers of a module's symbols.
  struct Numbers {
    llvm::DenseMap<mlir::StringAttr, uint32_t> parameters, states;
  };

  /// Adds the symbols of a target's module.
  Numbers add(const CompiledTarget &target);

  /// In the order of their numbers.
  std::vector<ParameterOp> parameters;
  std::vector<State> states;

private:
  std::map<std::pair<const void *, const void *>, uint32_t> parameterNumbers; // by name and type
  std::map<std::tuple<const void *, const void *, uint64_t, uint64_t>, uint32_t> stateNumbers;
};

schema::Storage tableOf(const Storage &storage);

/// The entry point `forward` of a target. Kernels are numbered through its parts. Emits
/// diagnostics where the module is not of the form that planning leaves.
mlir::FailureOr<flatbuffers::Offset<schema::Entry>>
buildEntry(flatbuffers::FlatBufferBuilder &builder, const CompiledTarget &target,
           const SymbolTables::Numbers &numbers, const SymbolTables &tables);

} // namespace weft
