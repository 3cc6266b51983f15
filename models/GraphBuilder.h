// Writes a model's graph, so that a family's definition reads like the paper.
#pragma once

#include "frontend/Checkpoint.h"
#include "ir/Weft.h"
#include "models/Family.h"

#include "mlir/IR/BuiltinOps.h"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// What a weight is called: here ("layers.#.attention.q", # a layer's number; in
/// "layers.#.experts.#.up" the second one is an expert's) and in the
/// tensors of each format. An op appends ".weight" and ".bias" to a tensor's name.
struct TensorName {
  std::string_view name, huggingFace, gguf;
};

/// The names of a family's tensors.
struct TensorNames {
  std::span<const TensorName> names;
  /// Prefix that tensors of a Hugging Face checkpoint have or lack, depending on the class
  /// that saved it ("transformer.").
  std::string_view optionalPrefix;
  /// Endings of tensors that hold no weights (masks, tables that the graph computes).
  std::span<const std::string_view> ignored;
};

/// Whether a product has a bias.
enum class Bias { None, Required, IfPresent };

/// Builds one module with one entry point,
///   forward(tokens[n], positions[n], sequences[n], rows[m]) -> logits[m, vocabulary].
///
/// A weight is named relative to the open scopes: in the scope "layers.3" > "attention",
/// "q" is the parameter @layers.3.attention.q, and what is computed with it has the location
/// "layers.3/attention/q". Each weight is declared when it is first used.
///
/// The first thing that goes wrong is kept and reported by finish(); until then every
/// method gives a value of the right type. Borrows the checkpoint and the context.
class GraphBuilder {
public:
  GraphBuilder(const Checkpoint &checkpoint, mlir::MLIRContext &context, TensorNames names,
               const ModelOptions &options);

  /// Names what is built while it lives. The number is a layer's, or an expert's in a layer:
  /// names have a # for each number of the open scopes, the outermost first.
  class Scope {
  public:
    Scope(GraphBuilder &builder, std::string_view name, int64_t number = -1);
    ~Scope();
    Scope(const Scope &) = delete;
    Scope &operator=(const Scope &) = delete;

  private:
    GraphBuilder &builder;
    size_t pathLength, patternLength, depth;
  };

  /// The arguments `tokens` and `positions`.
  mlir::Value tokens() const { return argument(0); }
  mlir::Value positions() const { return argument(1); }

  /// A matrix [rows, columns], stored as in the file. `transposed` where the file has it
  /// as [columns, rows].
  mlir::Value matrix(std::string_view name, int64_t rows, int64_t columns, bool transposed = false);
  /// A vector, f32 whatever the file has; `ending` is ".weight" or ".bias".
  mlir::Value vector(std::string_view name, int64_t size, std::string_view ending = ".weight");
  /// A table that the compiler computed, under its full name.
  mlir::Value constant(std::string_view symbol, std::span<const float> values);
  /// Says that the graph knows already what this tensor says.
  void ignore(std::string_view tensor) { used.emplace(tensor); }

  mlir::Value embed(mlir::Value ids, mlir::Value table);
  /// x W^T (+ b), with W [outputs, columns of x] the weight `name`; `transposed` as in matrix().
  mlir::Value linear(std::string_view name, mlir::Value x, int64_t outputs, Bias bias = Bias::None,
                     bool transposed = false);
  /// x W^T with a weight that is already there, as in a tied output.
  mlir::Value product(std::string_view name, mlir::Value x, mlir::Value weight);
  mlir::Value rmsNorm(std::string_view name, mlir::Value x, double epsilon);
  /// With the weight and the bias of `name`.
  mlir::Value layerNorm(std::string_view name, mlir::Value x, double epsilon);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value silu(mlir::Value x);
  mlir::Value gelu(mlir::Value x);
  /// The columns [begin, begin + size).
  mlir::Value columns(mlir::Value x, int64_t begin, int64_t size);

  /// Cosines and sines of the tokens' positions.
  mlir::Value ropeTable(mlir::Value frequencies);
  mlir::Value rope(mlir::Value x, mlir::Value table, int64_t heads, RopePairs pairs);
  /// A state of keys and values as the last call left it.
  mlir::Value state(std::string_view name, int64_t heads, int64_t headDim);
  mlir::Value append(mlir::Value state, mlir::Value keys, mlir::Value values);
  /// With a window, a token sees itself and the window - 1 before it.
  mlir::Value attend(mlir::Value queries, mlir::Value state, int64_t heads, double scale,
                     std::optional<int64_t> window = {});

  /// The wanted rows: right after the last layer, so that what follows is done for them
  /// alone.
  mlir::Value takeRows(mlir::Value x);

  /// Ends the graph. Fails with what went wrong, or with a tensor of the checkpoint that
  /// nothing has used: a model that ignores a weight gives fluent wrong text. `info` is
  /// written to the module, with the number of weights added.
  Result<mlir::OwningOpRef<mlir::ModuleOp>> finish(mlir::Value logits, ModelInfo info);

private:
  mlir::Value argument(unsigned index) const { return entry->getArgument(index); }
  mlir::Location location(std::string_view name) const;
  std::string symbolOf(std::string_view name) const;
  /// The tensor's name in this checkpoint.
  std::string tensorOf(std::string_view name, std::string_view ending) const;
  /// What the file of a tensor is known by.
  FileCheckAttr checkOf(const CheckpointTensor &tensor);
  mlir::Value parameter(std::string_view name, std::string_view ending,
                        std::span<const int64_t> shape, bool transposed);
  mlir::Value weight(mlir::Location loc, const std::string &symbol, mlir::RankedTensorType type);
  /// [rows of x, columns] of f32.
  mlir::RankedTensorType typeLike(mlir::Value x, int64_t columns);
  void note(std::string message);
  Result<void> checkAllUsed() const;

  const Checkpoint &checkpoint;
  TensorNames names;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::Block *entry;
  /// At the end of the declarations, and of the function's body.
  mlir::OpBuilder declarations, builder;
  Storage kvStorage;
  /// "layers.3/attention/", and the same with '#' for numbers.
  std::string path, pattern;
  /// Those of the open scopes that have one, the outermost first.
  std::vector<int64_t> numbers;
  /// What the files of the checkpoint are known by, by name.
  std::map<std::string, FileCheckAttr, std::less<>> checks;
  std::map<std::string, mlir::RankedTensorType, std::less<>> declared;
  std::set<std::string, std::less<>> used;
  int64_t weightCount = 0;
  std::optional<Error> error;
};

} // namespace weft
