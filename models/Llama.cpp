// Llama 1 to 3 and what shares their graph (Touvron et al. 2023; Grattafiori et al. 2024):
// RMS norms before each part of a layer, rotary positions, grouped heads, SwiGLU; and the
// sliding window of Mistral 7B (Jiang et al. 2023), where a checkpoint has one.

#include "models/GraphBuilder.h"
#include "models/HyperParameters.h"
#include "models/RopeFrequencies.h"

#include <cmath>

using mlir::Value;

namespace weft {

namespace {

constexpr TensorName names[] = {
    {"embedding", "model.embed_tokens", "token_embd"},
    {"layers.#.attention.norm", "model.layers.#.input_layernorm", "blk.#.attn_norm"},
    {"layers.#.attention.q", "model.layers.#.self_attn.q_proj", "blk.#.attn_q"},
    {"layers.#.attention.k", "model.layers.#.self_attn.k_proj", "blk.#.attn_k"},
    {"layers.#.attention.v", "model.layers.#.self_attn.v_proj", "blk.#.attn_v"},
    {"layers.#.attention.output", "model.layers.#.self_attn.o_proj", "blk.#.attn_output"},
    {"layers.#.mlp.norm", "model.layers.#.post_attention_layernorm", "blk.#.ffn_norm"},
    {"layers.#.mlp.gate", "model.layers.#.mlp.gate_proj", "blk.#.ffn_gate"},
    {"layers.#.mlp.up", "model.layers.#.mlp.up_proj", "blk.#.ffn_up"},
    {"layers.#.mlp.down", "model.layers.#.mlp.down_proj", "blk.#.ffn_down"},
    {"norm", "model.norm", "output_norm"},
    {"output", "lm_head", "output"},
};
// Tables of rotary frequencies, which are computed here.
constexpr std::string_view ignored[] = {"rotary_emb.inv_freq", "attn_rot_embd.weight"};

struct Llama {
  int64_t layers, width, hidden, heads, kvHeads, headDim, vocabulary, context;
  /// Positions that a token sees; none: all before it.
  std::optional<int64_t> window;
  double epsilon;
  bool tied;
  Bias attentionBias, mlpBias;
  /// GGUF's converter permutes the rows of q and k so that neighbours are pairs.
  RopePairs pairs;
  RopeFrequencies frequencies;
};

Llama readLlama(HyperParameters &read) {
  bool gguf = read.isGguf();
  Llama m;
  m.layers = read.size({"num_hidden_layers", "block_count"}, mostLayers);
  m.width = read.size({"hidden_size", "embedding_length"}, mostWidth);
  m.hidden = read.size({"intermediate_size", "feed_forward_length"}, mostWidth);
  m.heads = read.size({"num_attention_heads", "attention.head_count"}, mostHeads);
  m.kvHeads = read.size({"num_key_value_heads", "attention.head_count_kv"}, mostHeads, m.heads);
  m.vocabulary = read.vocabulary({"vocab_size", "vocab_size"}, "token_embd.weight");
  m.context = read.size({"max_position_embeddings", "context_length"}, mostContext);
  m.epsilon = read.positive({"rms_norm_eps", "attention.layer_norm_rms_epsilon"}, 1e-6);
  read.choice({"hidden_act", ""}, "silu", {"silu"});
  m.tied = gguf ? !read.checkpoint.contains("output.weight")
                : read.flag({"tie_word_embeddings", ""}, false);
  auto bias = [&](std::string_view key) {
    return gguf ? Bias::IfPresent : read.flag({key, ""}, false) ? Bias::Required : Bias::None;
  };
  m.attentionBias = bias("attention_bias");
  m.mlpBias = bias("mlp_bias");

  read.require(m.heads % m.kvHeads == 0, "expected a number of key-value heads that divides the " +
                                             std::to_string(m.heads) + " heads, found " +
                                             std::to_string(m.kvHeads));
  Key headDim{"head_dim", "attention.key_length"};
  if (!read.contains(headDim))
    read.require(m.width % m.heads == 0, "expected a number of heads that divides the width " +
                                             std::to_string(m.width) + ", found " +
                                             std::to_string(m.heads));
  m.headDim = read.size(headDim, mostHeads, m.width / m.heads);
  int64_t valueDim = read.size({"", "attention.value_length"}, mostHeads, m.headDim);
  read.require(valueDim == m.headDim, "expected values of the length of the keys, " +
                                          std::to_string(m.headDim) + ", found " +
                                          std::to_string(valueDim));
  int64_t rotated = read.size({"", "rope.dimension_count"}, m.headDim, m.headDim);
  read.require(rotated % 2 == 0,
               "expected an even number of rotated elements, found " + std::to_string(rotated));
  m.frequencies = readRopeFrequencies(read, rotated);
  m.pairs = gguf ? RopePairs::Neighbours : RopePairs::Halves;

  int64_t window =
      read.size({"sliding_window", "attention.sliding_window"}, mostContext, m.context);
  if (window < m.context)
    m.window = window;
  read.require(read.positive({"partial_rotary_factor", ""}, 1.0) == 1,
               "'partial_rotary_factor' is not supported for this family; expected 1");
  return m;
}

Value attention(GraphBuilder &b, const Llama &m, Value x, Value kv, Value table) {
  GraphBuilder::Scope scope(b, "attention");
  x = b.rmsNorm("norm", x, m.epsilon);
  Value q = b.linear("q", x, m.heads * m.headDim, m.attentionBias);
  Value k = b.linear("k", x, m.kvHeads * m.headDim, m.attentionBias);
  Value v = b.linear("v", x, m.kvHeads * m.headDim, m.attentionBias);
  q = b.rope(q, table, m.heads, m.pairs);
  k = b.rope(k, table, m.kvHeads, m.pairs);
  Value mixed =
      b.attend(q, b.append(kv, k, v), m.heads, 1 / std::sqrt(double(m.headDim)), m.window);
  return b.linear("output", mixed, m.width, m.attentionBias);
}

Value mlp(GraphBuilder &b, const Llama &m, Value x) {
  GraphBuilder::Scope scope(b, "mlp");
  x = b.rmsNorm("norm", x, m.epsilon);
  Value gate = b.silu(b.linear("gate", x, m.hidden, m.mlpBias));
  Value up = b.linear("up", x, m.hidden, m.mlpBias);
  return b.linear("down", b.mul(gate, up), m.width, m.mlpBias);
}

Result<mlir::OwningOpRef<mlir::ModuleOp>>
buildLlama(const Checkpoint &checkpoint, mlir::MLIRContext &context, const ModelOptions &options) {
  HyperParameters read(checkpoint);
  Llama m = readLlama(read);
  if (read.error)
    return tl::unexpected(*read.error);

  GraphBuilder b(checkpoint, context, {names, "", ignored}, options);
  b.ignore(m.frequencies.tensor);
  if (m.tied)
    b.ignore("lm_head.weight"); // Some checkpoints store a tied output a second time.
  Value embedding = b.matrix("embedding", m.vocabulary, m.width);
  Value table = b.ropeTable(b.constant("rope.frequencies", m.frequencies.values));
  Value x = b.embed(b.tokens(), embedding);
  for (int64_t layer = 0; layer < m.layers; ++layer) {
    GraphBuilder::Scope scope(b, "layers", layer);
    Value kv = b.state("kv", m.kvHeads, m.headDim);
    x = b.add(x, attention(b, m, x, kv, table));
    x = b.add(x, mlp(b, m, x));
  }
  x = b.rmsNorm("norm", b.takeRows(x), m.epsilon);
  Value logits = m.tied ? b.product("output", x, embedding) : b.linear("output", x, m.vocabulary);

  ModelInfo info{"llama", m.vocabulary, m.context};
  info.config = {{"layers", m.layers},
                 {"width", m.width},
                 {"hidden", m.hidden},
                 {"heads", m.heads},
                 {"kv_heads", m.kvHeads},
                 {"head_dim", m.headDim},
                 {"norm_epsilon", m.epsilon},
                 {"rope_theta", m.frequencies.theta},
                 {"rope_scaling", m.frequencies.scaling}};
  if (m.window)
    info.config.emplace("sliding_window", *m.window);
  return b.finish(logits, std::move(info));
}

constexpr std::string_view huggingFace[] = {"llama", "mistral"}, gguf[] = {"llama"};

} // namespace

const Family llamaFamily{"llama", huggingFace, gguf, buildLlama};

} // namespace weft
