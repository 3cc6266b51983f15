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

/// The names of a weight. `name` is Weft's: in "layers.#.attention.q", # is the number of a layer;
/// in "layers.#.experts.#.up", the second # is the number of an expert. The others are the names of
/// the tensor in each format. An op appends ".weight" and ".bias" to a tensor's name.
struct TensorName {
  std::string_view name, huggingFace, gguf;
};

/// The names of a family's tensors.
struct TensorNames {
  std::span<const TensorName> names;
  /// A prefix that tensors of a Hugging Face checkpoint may have, depending on the class that saved
  /// it ("transformer.").
  std::string_view optionalPrefix;
  /// The endings of tensors that are not weights (masks, tables that the graph computes).
  std::span<const std::string_view> ignored;
};

/// Whether a product has a bias.
enum class Bias { None, Required, IfPresent };

/// Builds one module with one entry point,
///   forward(tokens[n], positions[n], sequences[n], rows[m]) -> logits[m, vocabulary].
///
/// A weight is named relative to the open scopes. In the scope "layers.3" > "attention", "q" is the
/// parameter @layers.3.attention.q, and ops that use it have the location "layers.3/attention/q".
/// Each weight is declared when it is first used.
///
/// The first error is stored and returned by finish(); until then every method returns a value of
/// the right type. Borrows the checkpoint and the context.
class GraphBuilder {
public:
  GraphBuilder(const Checkpoint &checkpoint, mlir::MLIRContext &context, TensorNames names,
               const ModelOptions &options);

  /// Names the weights and ops that are built during its lifetime. The number is that of a layer,
  /// or of an expert in a layer. Names have a # for each number of the open scopes, the outermost
  /// first.
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

  /// Returns the matrix [rows, columns], stored as in the file. Set `transposed` if the file has it
  /// as [columns, rows].
  mlir::Value matrix(std::string_view name, int64_t rows, int64_t columns, bool transposed = false);
  /// Returns a vector as f32, whatever its type in the file; `ending` is ".weight" or ".bias".
  mlir::Value vector(std::string_view name, int64_t size, std::string_view ending = ".weight");
  /// Returns a table that the compiler computed, under its full name.
  mlir::Value constant(std::string_view symbol, std::span<const float> values);
  /// Marks a tensor as used, because the graph already contains its information.
  void ignore(std::string_view tensor) { used.emplace(tensor); }

  mlir::Value embed(mlir::Value ids, mlir::Value table);
  /// Returns x W^T (+ b), where W [outputs, columns of x] is the weight `name`; `transposed` is as
  /// in matrix().
  mlir::Value linear(std::string_view name, mlir::Value x, int64_t outputs, Bias bias = Bias::None,
                     bool transposed = false);
  /// Returns x W^T with an existing weight, as for a tied output.
  mlir::Value product(std::string_view name, mlir::Value x, mlir::Value weight);
  mlir::Value rmsNorm(std::string_view name, mlir::Value x, double epsilon);
  /// Normalizes with the weight and the bias of `name`.
  mlir::Value layerNorm(std::string_view name, mlir::Value x, double epsilon);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value silu(mlir::Value x);
  mlir::Value gelu(mlir::Value x);
  /// Returns the columns [begin, begin + size).
  mlir::Value columns(mlir::Value x, int64_t begin, int64_t size);

  /// Returns the cosines and sines of the tokens' positions.
  mlir::Value ropeTable(mlir::Value frequencies);
  mlir::Value rope(mlir::Value x, mlir::Value table, int64_t heads, RopePairs pairs);
  /// Returns the KV state `name` as it is at the beginning of the call.
  mlir::Value state(std::string_view name, int64_t heads, int64_t headDim);
  mlir::Value append(mlir::Value state, mlir::Value keys, mlir::Value values);
  /// With a window, a token attends to itself and the window - 1 positions before it.
  mlir::Value attend(mlir::Value queries, mlir::Value state, int64_t heads, double scale,
                     std::optional<int64_t> window = {});

  /// Returns the rows whose logits are asked for. Call it right after the last layer, so that the
  /// ops after it compute only these rows.
  mlir::Value takeRows(mlir::Value x);

  /// Ends the graph and returns the module. `info` is written to it, with the number of weights
  /// added. Errors: the first stored error, or a tensor of the checkpoint that nothing has used,
  /// because a model that ignores a weight gives fluent wrong text.
  Result<mlir::OwningOpRef<mlir::ModuleOp>> finish(mlir::Value logits, ModelInfo info);

private:
  mlir::Value argument(unsigned index) const { return entry->getArgument(index); }
  mlir::Location location(std::string_view name) const;
  std::string symbolOf(std::string_view name) const;
  /// Returns the tensor's name in this checkpoint.
  std::string tensorOf(std::string_view name, std::string_view ending) const;
  /// Returns the identity of a tensor's file.
  FileCheckAttr checkOf(const CheckpointTensor &tensor);
  mlir::Value parameter(std::string_view name, std::string_view ending,
                        std::span<const int64_t> shape, bool transposed);
  mlir::Value weight(mlir::Location loc, const std::string &symbol, mlir::RankedTensorType type);
  /// Returns the type [rows of x, columns] of f32.
  mlir::RankedTensorType typeLike(mlir::Value x, int64_t columns);
  void note(std::string message);
  Result<void> checkAllUsed() const;

  const Checkpoint &checkpoint;
  TensorNames names;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::Block *entry;
  /// The insertion points: the end of the declarations, and the end of the function's body.
  mlir::OpBuilder declarations, builder;
  Storage kvStorage;
  /// The path of the open scopes, "layers.3/attention/", and the same with '#' for numbers.
  std::string path, pattern;
  /// The numbers of the open scopes that have one, the outermost first.
  std::vector<int64_t> numbers;
  /// The identities of the checkpoint's files by name.
  std::map<std::string, FileCheckAttr, std::less<>> checks;
  std::map<std::string, mlir::RankedTensorType, std::less<>> declared;
  std::set<std::string, std::less<>> used;
  int64_t weightCount = 0;
  std::optional<Error> error;
};

} // namespace weft
