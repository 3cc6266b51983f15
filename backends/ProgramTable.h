// A planned module as the tables of an artifact: who is called with which memory.
#pragma once

#include "backends/Backend.h"
#include "ir/Weft.h"

#include "llvm/ADT/DenseMap.h"

#include <vector>

namespace weft {

/// Numbers of parameters and states in an artifact's tables.
struct SymbolNumbers {
  llvm::DenseMap<mlir::StringAttr, uint32_t> parameters, states;
};
SymbolNumbers numberSymbols(mlir::ModuleOp module);

schema::Storage tableOf(const Storage &storage);

/// Bytes of a state as a formula.
schema::Size stateSize(mlir::Type state, const Backend &backend);

/// The entry point `forward` of a planned module, for one program. Emits diagnostics where
/// the module is not of the form that planning leaves.
mlir::FailureOr<flatbuffers::Offset<schema::Entry>>
buildEntry(flatbuffers::FlatBufferBuilder &builder, mlir::func::FuncOp entry,
           const SymbolNumbers &numbers, const Backend &backend, const CompiledProgram &program);

} // namespace weft
