// The families of models, and the way from a checkpoint to a graph.
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

/// What the user of buildModel() may choose.
struct ModelOptions {
  /// How keys and values are stored. By default f32 where all matrices of the checkpoint are
  /// f32, else f16.
  std::optional<Storage> kv;
};

/// What is known of a model beside its graph.
struct ModelInfo {
  std::string family;
  int64_t vocabulary = 0;
  /// The most tokens that a sequence may have.
  int64_t context = 0;
  /// Numbers in the checkpoint that the graph uses; a tied weight counts once.
  int64_t weightCount = 0;
  /// Hyper-parameters for people, under the names of the literature ("heads", "rope_theta").
  std::map<std::string, std::variant<int64_t, double, std::string>> config = {};
};

/// A family of models: which checkpoints it takes and how it builds their graph.
struct Family {
  /// Our name ("llama").
  std::string_view name;
  /// What the formats call it: `model_type` of Hugging Face, `general.architecture` of GGUF.
  std::span<const std::string_view> huggingFace, gguf;
  /// Errors name the hyper-parameter or tensor, what was expected and what was found.
  Result<mlir::OwningOpRef<mlir::ModuleOp>> (*build)(const Checkpoint &, mlir::MLIRContext &,
                                                     const ModelOptions &);
};

/// All families, by name.
std::span<const Family *const> families();

/// The family of a checkpoint. An error names the checkpoint's and those that are known.
Result<const Family *> findFamily(const Checkpoint &checkpoint);

/// The graph of a checkpoint: a verified module with the entry point `forward` and, as
/// attributes, its ModelInfo, so that its text is self-contained. The module refers to the
/// checkpoint's files by name and holds none of its weights. Loads the dialects it needs.
Result<mlir::OwningOpRef<mlir::ModuleOp>> buildModel(const Checkpoint &checkpoint,
                                                     mlir::MLIRContext &context,
                                                     const ModelOptions &options = {});

/// What a module says of itself in the attributes `weft.family`, `weft.vocabulary`,
/// `weft.context`, `weft.weight_count` and `weft.config`.
Result<ModelInfo> readModelInfo(mlir::ModuleOp module);
void writeModelInfo(mlir::ModuleOp module, const ModelInfo &info);

// One for each file of this room.
extern const Family llamaFamily;
extern const Family gpt2Family;

} // namespace weft
