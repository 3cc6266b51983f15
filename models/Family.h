// The families of models, and building a graph from a checkpoint.
#pragma once

#include "frontend/Checkpoint.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace weft {

/// The options of buildModel().
struct ModelOptions {
  /// The storage of keys and values. The default is f32 if all matrices of the checkpoint are f32,
  /// otherwise f16.
  std::optional<Storage> kv;
};

/// Model metadata other than the graph.
struct ModelInfo {
  std::string family;
  int64_t vocabulary = 0;
  /// The most positions that a sequence may have.
  int64_t context = 0;
  /// The number of weights of the checkpoint that the graph uses; a tied weight counts once.
  int64_t weightCount = 0;
  /// Hyper-parameters for display, under the names of the literature ("heads", "rope_theta").
  std::map<std::string, std::variant<int64_t, double, std::string>> config = {};
};

/// A family of models: which checkpoints belong to it, and how it builds their graph.
struct Family {
  /// Weft's name for the family ("llama").
  std::string_view name;
  /// The formats' names for the family: `model_type` of Hugging Face, `general.architecture` of
  /// GGUF.
  std::span<const std::string_view> huggingFace, gguf;
  /// Builds the graph. Errors: an unsupported or missing hyper-parameter or tensor; the message
  /// names it, what was expected and what was found.
  Result<mlir::OwningOpRef<mlir::ModuleOp>> (*build)(const Checkpoint &, mlir::MLIRContext &,
                                                     const ModelOptions &);
};

/// Returns all families, sorted by name.
std::span<const Family *const> families();

/// Returns the family of a checkpoint. Errors: an unknown family; the message names it and those
/// that are known.
Result<const Family *> findFamily(const Checkpoint &checkpoint);

/// Builds the graph of a checkpoint: a verified module with the entry point `forward` and, as
/// attributes, its ModelInfo, so that its text is self-contained. The module refers to the
/// checkpoint's files by name and contains none of its weights. Loads the dialects it needs.
/// Errors: those of findFamily() and of the family.
Result<mlir::OwningOpRef<mlir::ModuleOp>> buildModel(const Checkpoint &checkpoint,
                                                     mlir::MLIRContext &context,
                                                     const ModelOptions &options = {});

/// Reads the metadata of a module from the attributes `weft.family`, `weft.vocabulary`,
/// `weft.context`, `weft.weight_count` and `weft.config`. Errors: an attribute is missing or
/// malformed.
Result<ModelInfo> readModelInfo(mlir::ModuleOp module);
/// Sets these attributes.
void writeModelInfo(mlir::ModuleOp module, const ModelInfo &info);

// One family for each file of this room.
extern const Family llamaFamily;
extern const Family gpt2Family;

} // namespace weft
