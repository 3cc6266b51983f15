// GPT-2 (Radford et al. 2019): layer norms, learned positions, biases everywhere, GELU.

#include "models/GraphBuilder.h"
#include "models/HyperParameters.h"

#include <cmath>

using mlir::Value;

namespace weft {

namespace {

constexpr TensorName names[] = {
    {"embedding", "transformer.wte", "token_embd"},
    {"positions", "transformer.wpe", "position_embd"},
    {"layers.#.attention.norm", "transformer.h.#.ln_1", "blk.#.attn_norm"},
    {"layers.#.attention.qkv", "transformer.h.#.attn.c_attn", "blk.#.attn_qkv"},
    {"layers.#.attention.output", "transformer.h.#.attn.c_proj", "blk.#.attn_output"},
    {"layers.#.mlp.norm", "transformer.h.#.ln_2", "blk.#.ffn_norm"},
    {"layers.#.mlp.up", "transformer.h.#.mlp.c_fc", "blk.#.ffn_up"},
    {"layers.#.mlp.down", "transformer.h.#.mlp.c_proj", "blk.#.ffn_down"},
    {"norm", "transformer.ln_f", "output_norm"},
    {"output", "lm_head", "output"},
};
// Masks of causal attention.
constexpr std::string_view ignored[] = {".attn.bias", ".attn.masked_bias"};

struct Gpt2 {
  int64_t layers, width, hidden, heads, vocabulary, context;
  double epsilon;
  bool tied;
  /// Hugging Face keeps the weights of GPT-2's layers as [inputs, outputs].
  bool transposed;
  /// 1 / sqrt(head dimension), or 1 where the checkpoint says so.
  double scale;
};

Gpt2 readGpt2(HyperParameters &read) {
  Gpt2 m;
  m.layers = read.size({"n_layer", "block_count"}, mostLayers);
  m.width = read.size({"n_embd", "embedding_length"}, mostWidth);
  m.hidden = read.size({"n_inner", "feed_forward_length"}, mostWidth, 4 * m.width);
  m.heads = read.size({"n_head", "attention.head_count"}, mostHeads);
  m.vocabulary = read.vocabulary({"vocab_size", "vocab_size"}, "token_embd.weight");
  m.context = read.size({"n_positions", "context_length"}, mostContext);
  m.epsilon = read.positive({"layer_norm_epsilon", "attention.layer_norm_epsilon"}, 1e-5);
  // Two names of the tanh form.
  read.choice({"activation_function", ""}, "gelu_new", {"gelu_new", "gelu_pytorch_tanh"});
  m.transposed = !read.isGguf();
  m.tied = read.isGguf() ? !read.checkpoint.contains("output.weight")
                         : read.flag({"tie_word_embeddings", ""}, true);
  read.require(m.width % m.heads == 0, "expected a number of heads that divides the width " +
                                           std::to_string(m.width) + ", found " +
                                           std::to_string(m.heads));
  bool scaled = read.flag({"scale_attn_weights", ""}, true);
  m.scale = scaled ? 1 / std::sqrt(double(m.width / m.heads)) : 1;
  read.require(!read.flag({"scale_attn_by_inverse_layer_idx", ""}, false),
               "'scale_attn_by_inverse_layer_idx' is not supported; expected false");
  return m;
}

Value attention(GraphBuilder &b, const Gpt2 &m, Value x, Value kv) {
  GraphBuilder::Scope scope(b, "attention");
  x = b.layerNorm("norm", x, m.epsilon);
  Value qkv = b.linear("qkv", x, 3 * m.width, Bias::Required, m.transposed);
  Value q = b.columns(qkv, 0, m.width);
  Value k = b.columns(qkv, m.width, m.width);
  Value v = b.columns(qkv, 2 * m.width, m.width);
  Value mixed = b.attend(q, b.append(kv, k, v), m.heads, m.scale);
  return b.linear("output", mixed, m.width, Bias::Required, m.transposed);
}

Value mlp(GraphBuilder &b, const Gpt2 &m, Value x) {
  GraphBuilder::Scope scope(b, "mlp");
  x = b.layerNorm("norm", x, m.epsilon);
  Value up = b.gelu(b.linear("up", x, m.hidden, Bias::Required, m.transposed));
  return b.linear("down", up, m.width, Bias::Required, m.transposed);
}

Result<mlir::OwningOpRef<mlir::ModuleOp>>
buildGpt2(const Checkpoint &checkpoint, mlir::MLIRContext &context, const ModelOptions &options) {
  HyperParameters read(checkpoint);
  Gpt2 m = readGpt2(read);
  if (read.error)
    return tl::unexpected(*read.error);

  GraphBuilder b(checkpoint, context, {names, "transformer.", ignored}, options);
  if (m.tied)
    b.ignore("lm_head.weight"); // Some checkpoints store a tied output a second time.
  Value embedding = b.matrix("embedding", m.vocabulary, m.width);
  Value places = b.matrix("positions", m.context, m.width);
  Value x = b.add(b.embed(b.tokens(), embedding), b.embed(b.positions(), places));
  for (int64_t layer = 0; layer < m.layers; ++layer) {
    GraphBuilder::Scope scope(b, "layers", layer);
    Value kv = b.state("kv", m.heads, m.width / m.heads);
    x = b.add(x, attention(b, m, x, kv));
    x = b.add(x, mlp(b, m, x));
  }
  x = b.layerNorm("norm", b.takeRows(x), m.epsilon);
  Value logits = m.tied ? b.product("output", x, embedding) : b.linear("output", x, m.vocabulary);

  ModelInfo info{"gpt2", m.vocabulary, m.context};
  info.config = {{"layers", m.layers},
                 {"width", m.width},
                 {"hidden", m.hidden},
                 {"heads", m.heads},
                 {"head_dim", m.width / m.heads},
                 {"norm_epsilon", m.epsilon}};
  return b.finish(logits, std::move(info));
}

constexpr std::string_view gpt2[] = {"gpt2"};

} // namespace

const Family gpt2Family{"gpt2", gpt2, gpt2, buildGpt2};

} // namespace weft
