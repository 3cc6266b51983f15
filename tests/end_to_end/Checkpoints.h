// Checkpoints of Gaussian weights, large enough that rounding errors average out.
#pragma once

#include "tests/models/CheckpointWriter.h"

#include <cmath>
#include <optional>
#include <random>

namespace weft::test {

class GaussianCheckpoint {
public:
  static constexpr int64_t width = 256, hidden = 512, heads = 8, kvHeads = 4, headDim = 32,
                           layers = 2, vocabulary = 331, context = 96;

  /// How far errors of rounding carry depends on the size of the embeddings: what the layers
  /// add to them is of size 1, and errors of their products weigh the more in the sum the
  /// smaller the embeddings are.
  explicit GaussianCheckpoint(unsigned seed, float embeddingDeviation = 1)
      : embeddingDeviation(embeddingDeviation), random(seed) {}

  /// Every matrix with a deviation of 0.02, as training of GPT-2 and Llama begins.
  static GaussianCheckpoint untrained(unsigned seed) {
    GaussianCheckpoint result(seed, 0.02f);
    result.linearDeviation = 0.02f;
    return result;
  }

  /// Llama 3: grouped heads, scaled rotary positions, an output of its own.
  CheckpointContents llama() {
    CheckpointContents c;
    c.config = {{"model_type", "\"llama\""},
                {"hidden_size", "256"},
                {"intermediate_size", "512"},
                {"num_hidden_layers", "2"},
                {"num_attention_heads", "8"},
                {"num_key_value_heads", "4"},
                {"vocab_size", "331"},
                {"max_position_embeddings", "96"},
                {"rms_norm_eps", "1e-5"},
                {"rope_theta", "500000.0"},
                {"hidden_act", "\"silu\""},
                {"tie_word_embeddings", "false"},
                {"rope_scaling", R"({"rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0,
                  "high_freq_factor": 4.0, "original_max_position_embeddings": 64})"}};
    auto add = [&](const std::string &name, std::vector<int64_t> shape) {
      c.tensors[name + ".weight"] = draw(shape);
    };
    add("model.embed_tokens", {vocabulary, width});
    add("model.norm", {width});
    add("lm_head", {vocabulary, width});
    for (int64_t i = 0; i < layers; ++i) {
      std::string layer = "model.layers." + std::to_string(i) + ".";
      add(layer + "input_layernorm", {width});
      add(layer + "post_attention_layernorm", {width});
      add(layer + "self_attn.q_proj", {heads * headDim, width});
      add(layer + "self_attn.k_proj", {kvHeads * headDim, width});
      add(layer + "self_attn.v_proj", {kvHeads * headDim, width});
      add(layer + "self_attn.o_proj", {width, heads * headDim});
      add(layer + "mlp.gate_proj", {hidden, width});
      add(layer + "mlp.up_proj", {hidden, width});
      add(layer + "mlp.down_proj", {width, hidden});
    }
    return c;
  }

  /// The same without scaled positions, as llama.cpp's converter would write it.
  CheckpointContents llamaGguf() {
    CheckpointContents c = llama();
    c.tensors = asLlamaGguf(c.tensors, heads, kvHeads);
    c.config = {{"general.architecture", "\"llama\""},
                {"llama.embedding_length", "256"},
                {"llama.feed_forward_length", "512"},
                {"llama.block_count", "2"},
                {"llama.attention.head_count", "8"},
                {"llama.attention.head_count_kv", "4"},
                {"llama.context_length", "96"},
                {"llama.vocab_size", "331"},
                {"llama.attention.layer_norm_rms_epsilon", "0.00001"},
                {"llama.rope.freq_base", "500000.0"}};
    return c;
  }

  CheckpointContents gpt2() {
    CheckpointContents c;
    c.config = {{"model_type", "\"gpt2\""},
                {"n_embd", "256"},
                {"n_layer", "2"},
                {"n_head", "8"},
                {"n_positions", "96"},
                {"n_ctx", "96"},
                {"vocab_size", "331"},
                {"layer_norm_epsilon", "1e-5"},
                {"activation_function", "\"gelu_new\""}};
    auto add = [&](const std::string &name, std::vector<int64_t> shape, bool bias = false) {
      c.tensors[name + ".weight"] = draw(shape);
      if (bias)
        c.tensors[name + ".bias"] = draw({shape.back()}, 0);
    };
    add("wte", {vocabulary, width});
    add("wpe", {context, width});
    add("ln_f", {width}, true);
    for (int64_t i = 0; i < layers; ++i) {
      std::string layer = "h." + std::to_string(i) + ".";
      add(layer + "ln_1", {width}, true);
      add(layer + "ln_2", {width}, true);
      // Conv1D: [inputs, outputs].
      add(layer + "attn.c_attn", {width, 3 * width}, true);
      add(layer + "attn.c_proj", {width, width}, true);
      add(layer + "mlp.c_fc", {width, 4 * width}, true);
      add(layer + "mlp.c_proj", {4 * width, width}, true);
    }
    return c;
  }

private:
  /// Vectors around `mean`; matrices such that products keep the size of their inputs, unless
  /// asked for otherwise; embeddings (which come with as many rows as the vocabulary or
  /// context) as asked for.
  Weights draw(std::vector<int64_t> shape, float mean = 1) {
    bool matrix = shape.size() == 2;
    bool table = matrix && (shape[0] == vocabulary || shape[0] == context);
    float deviation = !matrix ? 0.1f
                      : table ? embeddingDeviation
                              : linearDeviation.value_or(1 / std::sqrt(float(shape[1])));
    std::normal_distribution<float> normal(matrix ? 0 : mean, deviation);
    Weights result{shape, std::vector<float>(matrix ? shape[0] * shape[1] : shape[0])};
    for (float &value : result.values)
      value = normal(random);
    return result;
  }

  float embeddingDeviation;
  std::optional<float> linearDeviation;
  std::mt19937 random;
};

} // namespace weft::test
