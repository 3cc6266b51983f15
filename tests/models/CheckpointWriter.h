// Small random checkpoints in both formats, written from one description.
#pragma once

#include "models/Family.h"
#include "tests/frontend/Files.h"

#include "mlir/IR/MLIRContext.h"

#include <map>
#include <string>
#include <vector>

namespace weft::test {

/// A matrix or vector, outermost dimension first.
struct Weights {
  std::vector<int64_t> shape;
  std::vector<float> values;

  Weights transposed() const {
    Weights result{{shape[1], shape[0]}, std::vector<float>(values.size())};
    for (int64_t i = 0; i < shape[0]; ++i)
      for (int64_t j = 0; j < shape[1]; ++j)
        result.values[j * shape[0] + i] = values[i * shape[1] + j];
    return result;
  }
  /// From the order of Hugging Face, where the halves of a head are rotary pairs, to that
  /// of GGUF, where neighbours are.
  Weights withNeighbours(int64_t heads) const {
    int64_t columns = shape.size() == 2 ? shape[1] : 1, dim = shape[0] / heads;
    Weights result = *this;
    for (int64_t row = 0; row < shape[0]; ++row) {
      int64_t head = row / dim, i = row % dim;
      int64_t to = head * dim + (i < dim / 2 ? 2 * i : 2 * (i - dim / 2) + 1);
      std::copy_n(&values[row * columns], columns, &result.values[to * columns]);
    }
    return result;
  }
};

/// Random weights that a script in any language can make again: x <- 1664525 x + 1013904223
/// mod 2^32 from the seed on, and of every x the value (x / 2^8 / 2^24 - 0.5) * scale, all of
/// it exact in f32 where the scale is a power of two.
class WeightSource {
public:
  explicit WeightSource(uint32_t seed) : state(seed) {}
  Weights draw(std::vector<int64_t> shape, float scale, float mean = 0) {
    int64_t count = 1;
    for (int64_t size : shape)
      count *= size;
    Weights result{std::move(shape), std::vector<float>(count)};
    for (float &value : result.values) {
      state = state * 1664525u + 1013904223u;
      value = mean + (float(state >> 8) / 16777216.0f - 0.5f) * scale;
    }
    return result;
  }

private:
  uint32_t state;
};

/// What goes into a checkpoint. Values of `config` are JSON for Hugging Face; for GGUF,
/// whole numbers, numbers with a point, and text in quotes.
struct CheckpointContents {
  std::map<std::string, std::string> config;
  std::map<std::string, Weights> tensors;

  std::string json() const {
    std::string text;
    for (const auto &[key, value] : config)
      text += (text.empty() ? "{\"" : ", \"") + key + "\": " + value;
    return text + "}";
  }

  /// Returns the directory's path.
  std::string writeHuggingFace(const TemporaryDirectory &folder) const {
    folder.write("config.json", json());
    std::string header, data;
    for (const auto &[name, weights] : tensors) {
      std::string begin = std::to_string(data.size()), shape;
      data += raw(weights.values);
      for (int64_t size : weights.shape)
        shape += (shape.empty() ? "" : ",") + std::to_string(size);
      header += (header.empty() ? "{\"" : ",\"") + name + "\":{\"dtype\":\"F32\",\"shape\":[" +
                shape + "],\"data_offsets\":[" + begin + "," + std::to_string(data.size()) + "]}";
    }
    folder.write("model.safetensors", safetensors(header + "}", data));
    return folder.path;
  }

  /// Number of a type of GGUF, and the bytes of the weights in it.
  using GgufEncoding = std::pair<uint32_t, std::string> (*)(const Weights &);
  static std::pair<uint32_t, std::string> f32(const Weights &weights) {
    return {0, raw(weights.values)};
  }

  /// Returns the file's path.
  std::string writeGguf(const TemporaryDirectory &folder, GgufEncoding encoding = f32) const {
    GgufWriter file;
    for (const auto &[key, value] : config)
      if (value.starts_with('"'))
        file.string(key, value.substr(1, value.size() - 2));
      else if (value.find('.') != std::string::npos)
        file.pair(key, GgufWriter::F32, raw(std::stof(value)));
      else
        file.pair(key, GgufWriter::U32, raw(uint32_t(std::stoul(value))));
    for (const auto &[name, weights] : tensors) {
      auto [type, bytes] = encoding(weights);
      file.tensor(name, {weights.shape.rbegin(), weights.shape.rend()}, type, bytes);
    }
    return folder.write("model.gguf", file.finish());
  }
};

/// A Llama of every feature: grouped heads of an explicit length, Llama 3's scaling,
/// biases, an output of its own.
inline CheckpointContents tinyLlama() {
  CheckpointContents c;
  c.config = {{"model_type", R"("llama")"},
              {"vocab_size", "11"},
              {"hidden_size", "12"},
              {"intermediate_size", "10"},
              {"num_hidden_layers", "2"},
              {"num_attention_heads", "4"},
              {"num_key_value_heads", "2"},
              {"head_dim", "6"},
              {"max_position_embeddings", "64"},
              {"rms_norm_eps", "1e-5"},
              {"rope_theta", "100.0"},
              {"hidden_act", R"("silu")"},
              {"attention_bias", "true"},
              {"mlp_bias", "true"},
              {"tie_word_embeddings", "false"},
              {"rope_scaling", R"({"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                                   "high_freq_factor": 4.0,
                                   "original_max_position_embeddings": 32})"}};
  WeightSource source(1);
  c.tensors["model.embed_tokens.weight"] = source.draw({11, 12}, 2);
  for (int layer = 0; layer < 2; ++layer) {
    std::string at = "model.layers." + std::to_string(layer) + ".";
    auto linear = [&](const std::string &name, int64_t outputs, int64_t inputs) {
      c.tensors[at + name + ".weight"] = source.draw({outputs, inputs}, 1);
      c.tensors[at + name + ".bias"] = source.draw({outputs}, 0.5);
    };
    c.tensors[at + "input_layernorm.weight"] = source.draw({12}, 0.5, 1);
    linear("self_attn.q_proj", 24, 12);
    linear("self_attn.k_proj", 12, 12);
    linear("self_attn.v_proj", 12, 12);
    linear("self_attn.o_proj", 12, 24);
    c.tensors[at + "post_attention_layernorm.weight"] = source.draw({12}, 0.5, 1);
    linear("mlp.gate_proj", 10, 12);
    linear("mlp.up_proj", 10, 12);
    linear("mlp.down_proj", 12, 10);
  }
  c.tensors["model.norm.weight"] = source.draw({12}, 0.5, 1);
  c.tensors["lm_head.weight"] = source.draw({11, 12}, 1);
  return c;
}

inline CheckpointContents tinyGpt2() {
  CheckpointContents c;
  c.config = {{"model_type", R"("gpt2")"},
              {"vocab_size", "13"},
              {"n_embd", "8"},
              {"n_layer", "2"},
              {"n_head", "2"},
              {"n_positions", "16"}};
  WeightSource source(2);
  auto named = [&](const std::string &name, std::vector<int64_t> shape, float scale) {
    int64_t outputs = shape.back();
    bool norm = shape.size() == 1;
    c.tensors["transformer." + name + ".weight"] = source.draw(std::move(shape), scale, norm);
    c.tensors["transformer." + name + ".bias"] = source.draw({outputs}, 0.5);
  };
  c.tensors["transformer.wte.weight"] = source.draw({13, 8}, 2);
  c.tensors["transformer.wpe.weight"] = source.draw({16, 8}, 1);
  for (int layer = 0; layer < 2; ++layer) {
    std::string at = "h." + std::to_string(layer) + ".";
    named(at + "ln_1", {8}, 0.5);
    named(at + "attn.c_attn", {8, 24}, 1);
    named(at + "attn.c_proj", {8, 8}, 1);
    named(at + "ln_2", {8}, 0.5);
    named(at + "mlp.c_fc", {8, 32}, 1);
    named(at + "mlp.c_proj", {32, 8}, 1);
  }
  named("ln_f", {8}, 0.5);
  return c;
}

/// `text` with every `from` replaced.
inline std::string replaced(std::string text, const std::string &from, const std::string &to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// The checkpoint under other names: each pair is replaced in every tensor's name, in order.
inline std::map<std::string, Weights>
renamed(const std::map<std::string, Weights> &tensors,
        const std::vector<std::pair<std::string, std::string>> &pairs) {
  std::map<std::string, Weights> result;
  for (const auto &[original, weights] : tensors) {
    std::string name = original;
    for (const auto &[from, to] : pairs)
      name = replaced(name, from, to);
    result[name] = weights;
  }
  return result;
}

/// The tensors of a Llama under the names of GGUF, rows of q and k reordered, as llama.cpp's
/// converter would write them.
inline std::map<std::string, Weights> asLlamaGguf(std::map<std::string, Weights> tensors,
                                                  int64_t heads, int64_t kvHeads) {
  for (auto &[name, weights] : tensors)
    if (name.find("q_proj") != std::string::npos)
      weights = weights.withNeighbours(heads);
    else if (name.find("k_proj") != std::string::npos)
      weights = weights.withNeighbours(kvHeads);
  return renamed(tensors, {{"model.layers.", "blk."},
                           {"input_layernorm", "attn_norm"},
                           {"post_attention_layernorm", "ffn_norm"},
                           {"self_attn.q_proj", "attn_q"},
                           {"self_attn.k_proj", "attn_k"},
                           {"self_attn.v_proj", "attn_v"},
                           {"self_attn.o_proj", "attn_output"},
                           {"mlp.gate_proj", "ffn_gate"},
                           {"mlp.up_proj", "ffn_up"},
                           {"mlp.down_proj", "ffn_down"},
                           {"model.embed_tokens", "token_embd"},
                           {"model.norm", "output_norm"},
                           {"lm_head", "output"}});
}

/// tinyLlama() as llama.cpp's converter would write it: rows of q and k reordered, the
/// scaling as the divisors of the frequencies (computed in f64 by NumPy).
inline CheckpointContents tinyLlamaGguf() {
  CheckpointContents c = tinyLlama();
  c.tensors = asLlamaGguf(c.tensors, 4, 2);
  c.tensors["rope_freqs.weight"] = Weights{{3}, {1.0f, 6.520477294921875f, 8.0f}};
  c.config = {{"general.architecture", R"("llama")"},
              {"llama.embedding_length", "12"},
              {"llama.feed_forward_length", "10"},
              {"llama.block_count", "2"},
              {"llama.attention.head_count", "4"},
              {"llama.attention.head_count_kv", "2"},
              {"llama.attention.key_length", "6"},
              {"llama.attention.value_length", "6"},
              {"llama.rope.dimension_count", "6"},
              {"llama.context_length", "64"},
              {"llama.attention.layer_norm_rms_epsilon", "0.00001"},
              {"llama.rope.freq_base", "100.0"}};
  return c;
}

/// tinyGpt2() as llama.cpp's converter would write it: matrices as [outputs, inputs].
inline CheckpointContents tinyGpt2Gguf() {
  CheckpointContents c = tinyGpt2();
  for (auto &[name, weights] : c.tensors)
    if (name.find(".c_") != std::string::npos && weights.shape.size() == 2)
      weights = weights.transposed();
  c.tensors = renamed(c.tensors, {{"transformer.", ""},
                                  {"h.", "blk."},
                                  {"attn.c_attn", "attn_qkv"},
                                  {"attn.c_proj", "attn_output"},
                                  {"mlp.c_fc", "ffn_up"},
                                  {"mlp.c_proj", "ffn_down"},
                                  {"ln_1", "attn_norm"},
                                  {"ln_2", "ffn_norm"},
                                  {"ln_f", "output_norm"},
                                  {"wte.", "token_embd."},
                                  {"wpe.", "position_embd."}});
  c.config = {{"general.architecture", R"("gpt2")"},
              {"gpt2.embedding_length", "8"},
              {"gpt2.feed_forward_length", "32"},
              {"gpt2.block_count", "2"},
              {"gpt2.attention.head_count", "2"},
              {"gpt2.context_length", "16"},
              {"gpt2.attention.layer_norm_epsilon", "0.00001"}};
  return c;
}

} // namespace weft::test
