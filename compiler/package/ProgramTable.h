// Converts a planned module to the tables of an artifact: the steps and their bindings.
#pragma once

#include "backends/Backend.h"
#include "ir/Weft.h"

#include "llvm/ADT/DenseMap.h"

#include <map>
#include <vector>

namespace weft {

/// The part of a program that one backend compiled.
struct ProgramPart {
  const Backend *backend;
  CompiledProgram program;
};

/// A program: a placed and planned module, and the code of its backends, of which the first is the
/// target's.
struct CompiledTarget {
  mlir::ModuleOp module;
  std::vector<ProgramPart> parts;
};

/// The parameters and states of an artifact. Programs share equal ones, which are stored once. They
/// are numbered in the order in which they are added.
class SymbolTables {
public:
  struct State {
    StateOp op;
    /// The bytes per position of a sequence.
    uint64_t bytes;
    /// See Backend::stateRuns().
    uint64_t runs;
  };

  /// The numbers of the symbols of one module.
  struct Numbers {
    llvm::DenseMap<mlir::StringAttr, uint32_t> parameters, states;
  };

  /// Adds the symbols of a target's module and returns their numbers.
  Numbers add(const CompiledTarget &target);

  /// All parameters and states in the order of their numbers.
  std::vector<ParameterOp> parameters;
  std::vector<State> states;

private:
  std::map<std::pair<const void *, const void *>, uint32_t> parameterNumbers; // by name and type
  std::map<std::tuple<const void *, const void *, uint64_t, uint64_t>, uint32_t> stateNumbers;
};

schema::Storage tableOf(const Storage &storage);

/// Builds the entry point `forward` of a target. Kernels are numbered through all its parts. Emits
/// a diagnostic and fails if the module is not planned as expected.
mlir::FailureOr<flatbuffers::Offset<schema::Entry>>
buildEntry(flatbuffers::FlatBufferBuilder &builder, const CompiledTarget &target,
           const SymbolTables::Numbers &numbers, const SymbolTables &tables);

} // namespace weft
