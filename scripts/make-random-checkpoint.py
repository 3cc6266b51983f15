#!/usr/bin/python3
"""Write a checkpoint of random weights: the shape of a real model without its bytes.

For timing, for memory plans and for tests; the text it generates is noise. The
weights are Gaussian with a deviation of 0.02, as training of GPT-2 and Llama
begins (those of norms are around 1), and depend on --shape and --seed alone:
every format and storage holds the same numbers, rounded. Needs NumPy; holds
one tensor at a time.

examples:
  make-random-checkpoint.py --shape tiny-llama --output tiny
      a Hugging Face directory, F32
  make-random-checkpoint.py --shape 110m --storage BF16 --output 110m
      the same in bf16
  make-random-checkpoint.py --shape llama-3.2-1b --format gguf --storage Q8_0 --output 1b.gguf
      a GGUF file whose matrices are Q8_0
"""
import argparse
import json
import os
import struct
import sys
import zlib

import numpy as np

# --------------------------------------------------------------------------
# Shapes, under the names of Hugging Face's config.json

LLAMA3_SCALING = {"rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0,
                  "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}


def llama(vocabulary, width, hidden, layers, heads, kv_heads, context, theta=10000.0,
          head_dim=None, **more):
    return {"model_type": "llama", "vocab_size": vocabulary, "hidden_size": width,
            "intermediate_size": hidden, "num_hidden_layers": layers,
            "num_attention_heads": heads, "num_key_value_heads": kv_heads,
            "head_dim": head_dim or width // heads, "max_position_embeddings": context,
            "rms_norm_eps": 1e-5, "rope_theta": theta, "hidden_act": "silu",
            "tie_word_embeddings": True} | more


SHAPES = {
    "tiny-llama": llama(320, 64, 160, 2, 4, 2, 256),
    "tiny-gpt2": {"model_type": "gpt2", "vocab_size": 320, "n_embd": 64, "n_layer": 2,
                  "n_head": 4, "n_positions": 256, "layer_norm_epsilon": 1e-5,
                  "activation_function": "gelu_new", "tie_word_embeddings": True},
    "tiny-mistral": llama(320, 64, 160, 2, 4, 2, 256, model_type="mistral", sliding_window=48),
    # The largest model of llama2.c.
    "110m": llama(32000, 768, 2048, 12, 12, 12, 1024),
    "llama-3.2-1b": llama(128256, 2048, 8192, 16, 32, 8, 131072, 500000.0,
                          rope_scaling=LLAMA3_SCALING),
    "qwen3-0.6b": llama(151936, 1024, 3072, 28, 16, 8, 40960, 1e6, head_dim=128,
                        model_type="qwen3", rms_norm_eps=1e-6),
}

# --------------------------------------------------------------------------
# Tensors: name in Hugging Face, name in GGUF, shape as PyTorch prints it, and
# what they hold. "linear" is [outputs, inputs]; GPT-2 on Hugging Face has the
# transpose ("conv").


def llama_tensors(c):
    width, hidden, dim = c["hidden_size"], c["intermediate_size"], c["head_dim"]
    q, kv = c["num_attention_heads"] * dim, c["num_key_value_heads"] * dim
    yield "model.embed_tokens", "token_embd", (c["vocab_size"], width), "embedding"
    for i in range(c["num_hidden_layers"]):
        hf, gguf = f"model.layers.{i}.", f"blk.{i}."
        yield hf + "input_layernorm", gguf + "attn_norm", (width,), "norm"
        yield hf + "self_attn.q_proj", gguf + "attn_q", (q, width), "linear"
        yield hf + "self_attn.k_proj", gguf + "attn_k", (kv, width), "linear"
        yield hf + "self_attn.v_proj", gguf + "attn_v", (kv, width), "linear"
        yield hf + "self_attn.o_proj", gguf + "attn_output", (width, q), "linear"
        if c["model_type"] == "qwen3":
            yield hf + "self_attn.q_norm", gguf + "attn_q_norm", (dim,), "norm"
            yield hf + "self_attn.k_norm", gguf + "attn_k_norm", (dim,), "norm"
        yield hf + "post_attention_layernorm", gguf + "ffn_norm", (width,), "norm"
        yield hf + "mlp.gate_proj", gguf + "ffn_gate", (hidden, width), "linear"
        yield hf + "mlp.up_proj", gguf + "ffn_up", (hidden, width), "linear"
        yield hf + "mlp.down_proj", gguf + "ffn_down", (width, hidden), "linear"
    yield "model.norm", "output_norm", (width,), "norm"


def gpt2_tensors(c):
    width = c["n_embd"]
    yield "transformer.wte", "token_embd", (c["vocab_size"], width), "embedding"
    yield "transformer.wpe", "position_embd", (c["n_positions"], width), "embedding"

    def biased(hf, gguf, shape, kind):
        yield hf, gguf, shape, kind
        yield hf, gguf, shape[:1], "bias"

    for i in range(c["n_layer"]):
        hf, gguf = f"transformer.h.{i}.", f"blk.{i}."
        yield from biased(hf + "ln_1", gguf + "attn_norm", (width,), "norm")
        yield from biased(hf + "attn.c_attn", gguf + "attn_qkv", (3 * width, width), "conv")
        yield from biased(hf + "attn.c_proj", gguf + "attn_output", (width, width), "conv")
        yield from biased(hf + "ln_2", gguf + "ffn_norm", (width,), "norm")
        yield from biased(hf + "mlp.c_fc", gguf + "ffn_up", (4 * width, width), "conv")
        yield from biased(hf + "mlp.c_proj", gguf + "ffn_down", (width, 4 * width), "conv")
    yield from biased("transformer.ln_f", "output_norm", (width,), "norm")


def values(seed, name, shape, kind):
    """The numbers of a tensor, f32; the name is part of the seed, so that a
    tensor does not depend on which others there are."""
    random = np.random.Generator(np.random.PCG64([seed, zlib.crc32(f"{name} {kind}".encode())]))
    x = random.standard_normal(shape, dtype=np.float32)
    return 1 + np.float32(0.1) * x if kind == "norm" else np.float32(0.02) * x


def neighbours(x, heads):
    """The rows of q or k as GGUF's Llama has them: rotary pairs side by side."""
    return x.reshape(heads, 2, -1, x.shape[1]).swapaxes(1, 2).reshape(x.shape)


# --------------------------------------------------------------------------
# Storage: GGUF's number of the type, elements and bytes of a block, encoder


def to_bf16(x):
    bits = x.view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def to_q8_0(x):
    blocks = x.reshape(-1, 32)
    scale = (np.abs(blocks).max(axis=1) / np.float32(127)).astype(np.float32)
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale != 0)
    packed = np.empty(len(blocks), dtype=[("scale", "<f2"), ("codes", "i1", 32)])
    packed["scale"] = scale
    packed["codes"] = np.rint(blocks * inverse[:, None])
    return packed


def to_q4_0(x):
    blocks = x.reshape(-1, 32)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=1)[:, None], 1)[:, 0]
    scale = largest / np.float32(-8)
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale != 0)
    codes = np.clip(blocks * inverse[:, None] + np.float32(8.5), 0, 15).astype(np.uint8)
    packed = np.empty(len(blocks), dtype=[("scale", "<f2"), ("codes", "u1", 16)])
    packed["scale"] = scale
    packed["codes"] = codes[:, :16] | codes[:, 16:] << 4
    return packed


def shared(numbers, most):
    """Each row's numbers as whole multiples, up to `most`, of an f16 of its own."""
    unit = (np.abs(numbers).max(axis=1) / np.float32(most)).astype("<f2")
    wide = unit.astype(np.float32)[:, None]
    return unit, np.rint(np.divide(numbers, wide, out=np.zeros_like(numbers), where=wide != 0))


def to_levels(blocks, step, least, lowest, highest):
    """Codes of [super-block, block, element]; a step of 0 gives any."""
    step, least = step[:, :, None], least[:, :, None]
    levels = np.divide(blocks + least, step, out=np.zeros_like(blocks), where=step != 0)
    return np.clip(np.rint(levels), lowest, highest)


def to_q4_k(x):
    blocks = x.reshape(-1, 8, 32)
    lowest = np.minimum(blocks.min(axis=2), 0)
    d, scales = shared((np.maximum(blocks.max(axis=2), 0) - lowest) / np.float32(15), 63)
    dmin, mins = shared(-lowest, 63)
    step = d.astype(np.float32)[:, None] * scales
    least = dmin.astype(np.float32)[:, None] * mins
    codes = to_levels(blocks, step, least, 0, 15).astype(np.uint8).reshape(-1, 4, 2, 32)
    scales, mins = scales.astype(np.uint8), mins.astype(np.uint8)
    packed = np.empty(len(blocks), dtype=[("d", "<f2"), ("dmin", "<f2"), ("six", "u1", 12),
                                          ("codes", "u1", (4, 32))])
    packed["d"], packed["dmin"] = d, dmin
    packed["six"] = np.concatenate([scales[:, :4] | scales[:, 4:] >> 4 << 6,
                                    mins[:, :4] | mins[:, 4:] >> 4 << 6,
                                    scales[:, 4:] & 15 | mins[:, 4:] << 4], axis=1)
    packed["codes"] = codes[:, :, 0] | codes[:, :, 1] << 4
    return packed


def to_q6_k(x):
    blocks = x.reshape(-1, 16, 16)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=2)[:, :, None], 2)[:, :, 0]
    d, scales = shared(largest / np.float32(-32), 127)
    step = d.astype(np.float32)[:, None] * scales
    codes = to_levels(blocks, step, np.zeros_like(step), -32, 31)
    # [half, quarter, element]: the quarters 0 and 1 in low halves of bytes, 2 and 3 in high.
    codes = (codes + 32).astype(np.uint8).reshape(-1, 2, 4, 32)
    packed = np.empty(len(blocks), dtype=[("low", "u1", (2, 2, 32)), ("high", "u1", (2, 32)),
                                          ("scales", "i1", 16), ("d", "<f2")])
    packed["low"] = codes[:, :, :2] & 15 | codes[:, :, 2:] << 4
    high = codes >> 4
    packed["high"] = high[:, :, 0] | high[:, :, 1] << 2 | high[:, :, 2] << 4 | high[:, :, 3] << 6
    packed["scales"], packed["d"] = scales, d
    return packed


STORAGES = {
    "F32": (0, 1, 4, lambda x: x),
    "F16": (1, 1, 2, lambda x: x.astype("<f2")),
    "BF16": (30, 1, 2, to_bf16),
    "Q8_0": (8, 32, 34, to_q8_0),
    "Q4_0": (2, 32, 18, to_q4_0),
    "Q4_K": (12, 256, 144, to_q4_k),
    "Q6_K": (14, 256, 210, to_q6_k),
}


def in_q4_k_m(name, layers):
    """The storage of a matrix in a file of llama.cpp's type Q4_K_M."""
    if name in ("token_embd", "output"):
        return "Q6_K"  # Where they are one; a table alone would be Q4_K.
    if not name.endswith(("attn_v", "ffn_down")):
        return "Q4_K"
    layer, eighth = int(name.split(".")[1]), layers // 8
    more = layer < eighth or layer >= 7 * layers // 8 or (layer - eighth) % 3 == 2
    return "Q6_K" if more else "Q4_K"


def write_tensor(out, x, storage):
    """Some rows at a time, so that encoding takes little beside the tensor."""
    encode = STORAGES[storage][3]
    rows = x.reshape(-1, x.shape[-1])
    step = max(1, (1 << 22) // rows.shape[1])
    for begin in range(0, len(rows), step):
        out.write(encode(np.ascontiguousarray(rows[begin:begin + step])).tobytes())


def plan(config, gguf, storage):
    """Name, shape, kind, storage and bytes of every tensor, in the file's order."""
    tensors = gpt2_tensors if config["model_type"] == "gpt2" else llama_tensors
    for hf_name, gguf_name, shape, kind in tensors(config):
        name = (gguf_name if gguf else hf_name) + (".bias" if kind == "bias" else ".weight")
        chosen = storage
        if storage == "Q4_K_M":
            chosen = in_q4_k_m(gguf_name, config.get("num_hidden_layers") or config["n_layer"])
        # As converters do: vectors stay F32 in GGUF, and rows that blocks do not divide F16.
        if gguf and len(shape) == 1:
            chosen = "F32"
        elif shape[-1] % STORAGES[chosen][1]:
            chosen = "F16"
        _, block, size, _ = STORAGES[chosen]
        yield hf_name, name, shape, kind, chosen, int(np.prod(shape)) // block * size


# --------------------------------------------------------------------------
# A byte-level tokenizer without merges: 256 bytes, an end of text, and unused
# tokens up to the size of the vocabulary.

END = "<|endoftext|>"


def byte_tokens():
    """GPT-2's printable characters for bytes."""
    keep = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return [chr(b) if b in keep else chr(256 + [*(set(range(256)) - set(keep))].index(b))
            for b in range(256)]


def tokenizer_json():
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True,
             "use_regex": True}
    return {"version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [{"id": 256, "content": END, "single_word": False, "lstrip": False,
                              "rstrip": False, "normalized": False, "special": True}],
            "normalizer": None, "pre_tokenizer": level, "post_processor": level,
            "decoder": level,
            "model": {"type": "BPE", "dropout": None, "unk_token": None,
                      "continuing_subword_prefix": None, "end_of_word_suffix": None,
                      "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                      "vocab": {t: i for i, t in enumerate([*byte_tokens(), END])},
                      "merges": []}}


# --------------------------------------------------------------------------
# Formats


def write_huggingface(config, storage, seed, directory):
    os.makedirs(directory, exist_ok=True)
    dtype = {"F32": "float32", "F16": "float16", "BF16": "bfloat16"}[storage]
    config = config | {"bos_token_id": 256, "eos_token_id": 256, "torch_dtype": dtype}
    for name, value in (("config.json", config), ("tokenizer.json", tokenizer_json()),
                        ("tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast",
                                                   "eos_token": END})):
        with open(os.path.join(directory, name), "w", encoding="utf-8") as out:
            json.dump(value, out, indent=1)
    tensors, header, at = list(plan(config, False, storage)), {}, 0
    for _, name, shape, kind, chosen, size in tensors:
        header[name] = {"dtype": chosen, "data_offsets": [at, at + size],
                        "shape": list(shape[::-1] if kind == "conv" else shape)}
        at += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(directory, "model.safetensors"), "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for hf_name, _, shape, kind, chosen, _ in tensors:
            x = values(seed, hf_name, shape, kind)
            write_tensor(out, x.T if kind == "conv" else x, chosen)


U32, I32, FLOAT, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9


def gguf_value(kind, value):
    if kind == STRING:
        text = value.encode()
        return struct.pack("<Q", len(text)) + text
    return struct.pack({U32: "<I", I32: "<i", FLOAT: "<f", BOOL: "<?"}[kind], value)


def gguf_pair(key, kind, value):
    if isinstance(value, list):
        body = struct.pack("<IIQ", ARRAY, kind, len(value))
        body += b"".join(gguf_value(kind, item) for item in value)
    else:
        body = struct.pack("<I", kind) + gguf_value(kind, value)
    return gguf_value(STRING, key) + body


def gguf_architecture(config):
    return "llama" if config["model_type"] == "mistral" else config["model_type"]


def gguf_pairs(config):
    family, vocabulary = gguf_architecture(config), config["vocab_size"]
    yield "general.architecture", STRING, family
    yield "general.name", STRING, "random"

    def own(key, kind, *names):
        yield f"{family}.{key}", kind, next(config[name] for name in names if name in config)

    yield from own("block_count", U32, "num_hidden_layers", "n_layer")
    yield from own("context_length", U32, "max_position_embeddings", "n_positions")
    yield from own("embedding_length", U32, "hidden_size", "n_embd")
    yield from own("attention.head_count", U32, "num_attention_heads", "n_head")
    if family == "gpt2":
        yield "gpt2.feed_forward_length", U32, 4 * config["n_embd"]
        yield from own("attention.layer_norm_epsilon", FLOAT, "layer_norm_epsilon")
    else:
        yield from own("feed_forward_length", U32, "intermediate_size")
        yield from own("attention.head_count_kv", U32, "num_key_value_heads")
        yield from own("attention.key_length", U32, "head_dim")
        yield from own("attention.value_length", U32, "head_dim")
        yield from own("attention.layer_norm_rms_epsilon", FLOAT, "rms_norm_eps")
        yield from own("rope.freq_base", FLOAT, "rope_theta")
        yield from own("rope.dimension_count", U32, "head_dim")
        yield from own("vocab_size", U32, "vocab_size")
        if "sliding_window" in config:
            yield from own("attention.sliding_window", U32, "sliding_window")
    # Types of tokens: 1 normal, 3 control, 5 unused.
    unused = vocabulary - 257
    yield "tokenizer.ggml.model", STRING, "gpt2"
    yield "tokenizer.ggml.pre", STRING, "gpt-2"
    yield ("tokenizer.ggml.tokens", STRING,
           [*byte_tokens(), END, *(f"[PAD{257 + i}]" for i in range(unused))])
    yield "tokenizer.ggml.token_type", I32, [1] * 256 + [3] + [5] * unused
    yield "tokenizer.ggml.merges", STRING, []
    yield "tokenizer.ggml.bos_token_id", U32, 256
    yield "tokenizer.ggml.eos_token_id", U32, 256
    yield "tokenizer.ggml.add_bos_token", BOOL, False


def llama3_factors(config):
    """What divides the frequencies: Llama 3's scaling as GGUF holds it."""
    s, dim = config["rope_scaling"], config["head_dim"]
    frequencies = config["rope_theta"] ** (-np.arange(0, dim, 2) / dim)
    turns = s["original_max_position_embeddings"] * frequencies / (2 * np.pi)
    kept = np.clip((turns - s["low_freq_factor"]) /
                   (s["high_freq_factor"] - s["low_freq_factor"]), 0, 1)
    return (1 / (kept + (1 - kept) / s["factor"])).astype(np.float32)


def write_gguf(config, storage, seed, path):
    tensors = list(plan(config, True, storage))
    if "rope_scaling" in config:
        dim = config["head_dim"]
        tensors.append((None, "rope_freqs.weight", (dim // 2,), "factors", "F32", 2 * dim))
    pairs = [gguf_pair(*pair) for pair in gguf_pairs(config)]
    infos, at = b"", 0
    for _, name, shape, _, chosen, size in tensors:
        infos += gguf_value(STRING, name) + struct.pack("<I", len(shape))
        infos += struct.pack(f"<{len(shape)}Q", *shape[::-1])
        infos += struct.pack("<IQ", STORAGES[chosen][0], at)
        at += size + -size % 32
    heads = {"q_proj": config.get("num_attention_heads"),
             "k_proj": config.get("num_key_value_heads")}
    with open(path, "wb") as out:
        out.write(b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs)))
        out.write(b"".join(pairs) + infos)
        for hf_name, _, shape, kind, chosen, _ in tensors:
            out.write(b"\0" * (-out.tell() % 32))
            x = llama3_factors(config) if kind == "factors" else values(seed, hf_name, shape, kind)
            if gguf_architecture(config) == "llama" and kind == "linear":
                count = heads.get(hf_name.rsplit(".", 1)[1])
                x = neighbours(x, count) if count else x
            write_tensor(out, x, chosen)
        out.write(b"\0" * (-out.tell() % 32))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", required=True, choices=SHAPES)
    parser.add_argument("--format", choices=("huggingface", "gguf"), default="huggingface")
    parser.add_argument("--storage", choices=[*STORAGES, "Q4_K_M"], default="F32",
                        help="type of the matrices (default F32); blocks are for GGUF alone, "
                             "and Q4_K_M is Q4_K and Q6_K as llama.cpp mixes them")
    parser.add_argument("--vocabulary", type=int,
                        help="tokens, for a tokenizer.json to be put in place of the one of bytes "
                             "(default: the shape's)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", required=True, help="a directory, or the path of a GGUF file")
    arguments = parser.parse_args()
    if arguments.format == "huggingface" and arguments.storage.startswith("Q"):
        parser.error(f"--storage {arguments.storage} needs --format gguf")
    if sys.byteorder != "little":
        parser.error("expected a little-endian machine")
    write = write_gguf if arguments.format == "gguf" else write_huggingface
    config = SHAPES[arguments.shape]
    if arguments.vocabulary is not None:
        if arguments.vocabulary < 257:
            parser.error(f"--vocabulary: expected at least 257, found {arguments.vocabulary}")
        config = config | {"vocab_size": arguments.vocabulary}
    write(config, arguments.storage, arguments.seed, arguments.output)


if __name__ == "__main__":
    main()
