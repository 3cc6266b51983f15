// Generates shaders for causal attention over a state.
#pragma once

#include "backends/vulkan/RowShader.h"

namespace weft::vulkan {

/// A workgroup computes one query head of one token. Each team of eight invocations processes a
/// chunk of positions at a time with an online softmax (Milakov and Gimelshein 2018): scores with
/// positions in lanes, then values with elements in lanes. Teams take chunks in turn and merge
/// their results at the end.
class AttentionShader {
public:
  AttentionShader(ShaderText &text, mlir::func::FuncOp kernel);
  llvm::LogicalResult generate();
  schema::Grid grid();

private:
  void declareExchange();
  void readQuery();
  void quantizeQuery();
  void scoreDense();
  void scoreBlocks();
  void softmax();
  void addValues();
  /// Emits the statements that add p times the value at position j to the lane's elements.
  void addValue();
  void finish();

  ShaderText &text;
  mlir::func::FuncOp kernel;
  AttendOp attend;
  KvPages pages;
  unsigned state;
  int64_t heads, headDim;
  /// Positions per lane in a chunk: those of a quad of keys.
  int64_t each;
  /// Elements per quad of values, and quads per lane.
  int64_t perQuad, quads;
};

} // namespace weft::vulkan
