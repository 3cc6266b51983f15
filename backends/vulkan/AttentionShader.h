// Causal attention over a state.
#pragma once

#include "backends/vulkan/RowShader.h"

namespace weft::vulkan {

/// A workgroup takes a query head of a token. Eight invocations, a team, take a chunk of
/// positions at a time with an online softmax (Milakov and Gimelshein 2018): scores with
/// positions in lanes, then values with elements in lanes. Teams take chunks in turn and put
/// what they found together in the end.
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
  /// The statements that add p times the value at position j to the lane's elements.
  void addValue();
  void finish();

  ShaderText &text;
  mlir::func::FuncOp kernel;
  AttendOp attend;
  KvPages pages;
  unsigned state;
  int64_t heads, headDim;
  /// Positions of a lane in a chunk: those of a quad of keys.
  int64_t each;
  /// Elements of a quad of values, and quads of a lane.
  int64_t perQuad, quads;
};

} // namespace weft::vulkan
