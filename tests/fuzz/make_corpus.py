#!/usr/bin/env python3
"""Makes the seeds of the fuzzers that are tedious by hand: tests/fuzz/make_corpus.py

Small valid files, from nothing but the standard library, `flatc` and the golden artifacts. Grammars,
templates, modules and folders are written by hand and stand beside these in tests/fuzz/corpus.
"""

import base64
import json
import pathlib
import sqlite3
import struct
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TREE = HERE.parent.parent


def write(target, name, data):
    path = HERE / "corpus" / target / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


# GGUF: a header, pairs of keys and values, descriptions of tensors, data.
U8, I32, F32, BOOL, STRING, ARRAY, U32, U64 = 0, 5, 6, 7, 8, 9, 4, 10


def gguf_text(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def gguf_value(kind, value):
    if kind == STRING:
        return gguf_text(value)
    return struct.pack({U8: "<B", I32: "<i", F32: "<f", BOOL: "<?", U32: "<I", U64: "<Q"}[kind], value)


def gguf_array(kind, values):
    return struct.pack("<IQ", kind, len(values)) + b"".join(gguf_value(kind, v) for v in values)


def padded(data, to):
    return data + bytes(-len(data) % to)


def gguf(pairs, tensors):
    """`pairs`: key, kind, value, or key, ARRAY, (kind, values); `tensors`: name, shape, type, bytes."""
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs))
    for key, kind, value in pairs:
        head += gguf_text(key) + struct.pack("<I", kind)
        head += gguf_array(*value) if kind == ARRAY else gguf_value(kind, value)
    data = b""
    for name, shape, kind, content in tensors:
        head += gguf_text(name) + struct.pack("<I", len(shape))
        head += struct.pack(f"<{len(shape)}Q", *shape) + struct.pack("<IQ", kind, len(data))
        data = padded(data + content, 32)
    return padded(head, 32) + data


def vocabulary(model, tokens, more=()):
    """`tokens`: text, type (1 normal, 2 unknown, 3 control, 4 user's, 6 byte), score."""
    pairs = [("general.architecture", STRING, "llama"),
             ("tokenizer.ggml.model", STRING, model),
             ("tokenizer.ggml.tokens", ARRAY, (STRING, [t[0] for t in tokens])),
             ("tokenizer.ggml.token_type", ARRAY, (I32, [t[1] for t in tokens]))]
    if model in ("llama", "t5"):
        pairs.append(("tokenizer.ggml.scores", ARRAY, (F32, [t[2] for t in tokens])))
    return pairs + list(more)


def gguf_seeds():
    pieces = [("<unk>", 2, 0), ("<s>", 3, 0), ("</s>", 3, 0), ("<0x41>", 6, 0), ("▁", 1, -9),
              ("a", 1, -8), ("b", 1, -7), ("ab", 1, -2), ("▁a", 1, -2), ("<x>", 4, 0)]
    tensors = [("token_embd.weight", (4, 2), 0, bytes(32)),      # f32
               ("blk.0.attn_q.weight", (32, 1), 2, bytes(18)),   # q4_0
               ("blk.0.ffn_up.weight", (256, 1), 12, bytes(144)),  # q4_K
               ("output_norm.weight", (4,), 1, bytes(8))]        # f16
    sizes = [("llama.block_count", U32, 1), ("llama.context_length", U32, 8),
             ("llama.embedding_length", U32, 4), ("llama.rope.freq_base", F32, 10000.0)]
    write("gguf_fuzz", "sentencepiece.gguf", gguf(vocabulary("llama", pieces, sizes), tensors))
    write("gguf_fuzz", "bytelevel.gguf", gguf(vocabulary(
        "gpt2", [("a", 1), ("Ġ", 1), ("Ġa", 1), ("<|eot_id|>", 3), ("<tool>", 4)],
        [("tokenizer.ggml.merges", ARRAY, (STRING, ["Ġ a"])),
         ("tokenizer.ggml.pre", STRING, "llama-bpe"),
         ("tokenizer.ggml.bos_token_id", U32, 3), ("tokenizer.ggml.add_bos_token", BOOL, True),
         ("tokenizer.chat_template", STRING, "{{ messages[0].content }}")]), []))
    write("gguf_fuzz", "plaintext.gguf", gguf(vocabulary(
        "gemma4", [("<bos>", 3), ("a", 1), ("▁", 1), ("▁a", 1), ("<0x41>", 6), ("\n", 1)],
        [("tokenizer.ggml.merges", ARRAY, (STRING, ["▁ a"])),
         ("tokenizer.ggml.bos_token_id", U32, 0)]), []))
    write("gguf_fuzz", "wordpiece.gguf", gguf(vocabulary(
        "bert", [("[PAD]", 3), ("[UNK]", 3), ("[CLS]", 3), ("[SEP]", 3), ("▁low", 1), ("er", 1)],
        [("tokenizer.ggml.normalizer.lowercase", BOOL, False)]), []))
    table = list(struct.pack("<I", 16) + bytes(16))
    write("gguf_fuzz", "unigram.gguf", gguf(vocabulary(
        "t5", [("<pad>", 3, 0), ("</s>", 3, 0), ("<unk>", 2, 0), ("▁", 1, -3), ("a", 1, -3)],
        [("tokenizer.ggml.precompiled_charsmap", ARRAY, (U8, table)),
         ("tokenizer.ggml.remove_extra_whitespaces", BOOL, True)]), []))


def safetensors_seeds():
    def file(header, data):
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        return struct.pack("<Q", len(text)) + text + data
    write("safetensors_fuzz", "three.safetensors", file(
        {"__metadata__": {"format": "pt"},
         "a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
         "b": {"dtype": "BF16", "shape": [3], "data_offsets": [16, 22]},
         "c": {"dtype": "I64", "shape": [], "data_offsets": [22, 30]}}, bytes(30)))
    write("safetensors_fuzz", "none.safetensors", file({}, b""))


# Protocol Buffers, and the messages of SentencePiece.
def varint(value):
    data = b""
    while value >= 0x80:
        data, value = data + bytes([value & 0x7F | 0x80]), value >> 7
    return data + bytes([value])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def sentencepiece(model, more=b""):
    pieces = [("<unk>", 0.0, 2), ("<s>", 0.0, 3), ("▁", -3.0, 1), ("a", -2.0, 1), ("b", -2.5, 1),
              ("▁a", -1.0, 1), ("ab", -1.0, 1), ("<x>", 0.0, 4), ("<0x41>", 0.0, 6)]
    data = b"".join(field(1, field(1, text.encode()) + field(2, score) + field(3, kind))
                    for text, score, kind in pieces)
    return data + field(2, field(3, model)) + more


def vocabulary_seeds():
    stages = field(3, field(2, struct.pack("<I", 16) + bytes(16)) + field(3, 0) + field(4, 0))
    for name, data in (("unigram.model", sentencepiece(1)), ("bpe.model", sentencepiece(2, stages))):
        write("vocabulary_fuzz", name, data)
        write("protobuf_fuzz", name, data)
    write("protobuf_fuzz", "fixed", varint(1 << 3 | 1) + bytes(8) + field(2, field(3, field(4, b"x"))) +
          field(1 << 28, (1 << 64) - 1))
    tokens = [bytes([byte]) for byte in range(256)] + [b"he", b"ll", b"hell"]
    write("vocabulary_fuzz", "ranks.tiktoken", b"".join(
        base64.b64encode(token) + f" {rank}\n".encode() for rank, token in enumerate(tokens)))


def shaders_seed():
    """Two kernels, of which the first has two modules and a stream."""
    spirv = [0x07230203, 0x00010500, 0, 1, 0]
    kernels = [(3, 4, [0, 2], [(1, spirv + [7]), (0, spirv)]), (1, 0, [], [(10, spirv)])]
    words, places = [0x43535657, 1, 0, len(kernels)], []
    for bindings, lanes, streams, modules in kernels:
        words += [bindings, lanes, len(streams), len(modules)] + streams
        for features, code in modules:
            places.append((len(words) + 1, code))
            words += [features, 0, len(code)]
    for place, code in places:
        words[place] = len(words) * 4
        words += code
    words[2] = len(words) * 4
    write("shaders_fuzz", "two.bin", struct.pack(f"<{len(words)}I", *words))


# XXH3-128 of "request", and of that hash and the completion after it: Python has no such hash.
KEY = bytes.fromhex("a1f53fbdcf2b52e5e034181702055f05")
HASH = bytes.fromhex("e9fca747f8b2dc3c4ad272e6b690f9ee")
COMPLETION = (b'{"prompt_tokens":3,"texts":[{"text":"ab","tokens":[5,6],"stop":0,"logprobs":[]}]}')


def stored_completions_seeds():
    write("stored_completions_fuzz", "plain.json", COMPLETION)
    write("stored_completions_fuzz", "full.json", json.dumps({"prompt_tokens": 1, "texts": [
        {"text": "é", "tokens": [7], "stop": 2, "logprobs": [[-0.5, [[7, -0.5], [8, -1.25]]]],
         "beam": [-0.25, -0.5]},
        {"text": "", "tokens": [], "stop": 3, "logprobs": []}]}).encode())
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in (("one.sqlite", 1), ("none.sqlite", 0)):
            path = pathlib.Path(folder) / name
            cache = sqlite3.connect(path, isolation_level=None)
            cache.execute("PRAGMA page_size = 512")
            cache.execute("CREATE TABLE answers (key BLOB PRIMARY KEY, answer BLOB NOT NULL, "
                          "hash BLOB NOT NULL, bytes INTEGER NOT NULL, used INTEGER NOT NULL)")
            cache.execute("CREATE INDEX answers_by_use ON answers (used, bytes)")
            cache.execute("PRAGMA application_id = 0x57454654")
            cache.execute("PRAGMA user_version = 1")
            if rows:
                cache.execute("INSERT INTO answers VALUES (?, ?, ?, ?, 1)",
                              (KEY, COMPLETION, HASH, len(COMPLETION) + 96))
            cache.close()
            write("stored_completions_fuzz", name, path.read_bytes())


# Metadata of artifacts: a small model by flatc, and two that the compiler wrote.
def size(**terms):
    return {"constant": 0, "perToken": 0, "perRow": 0, "perContext": 0, "perSlot": 0} | terms


def segment(offset, length):
    return {"offset": offset, "bytes": length, "hash": 0}


def binding(space, index, length, offset=None):
    return {"space": space, "index": index, "offset": offset or size(), "size": length}


def variant(kernel, symbol, most=0, count=1, tile=1, **more):
    return {"most": most, "kernel": kernel, "grid": {"count": count, "tile": tile, "symbol": symbol}} | more


def small_model():
    dense = {"scalar": "F32", "bits": 0, "arrangement": "Rows", "block": 0, "bias": 0, "rows": 1, "depth": 1}
    tokens, row = size(perToken=4), size(perRow=4)
    x = binding("Arena", 0, tokens, size(constant=64))
    places = [binding("Input", 1, tokens), binding("Input", 2, tokens)]
    state = binding("State", 0, size(perSlot=4))
    steps = [
        {"name": "embedding", "symbol": "Tokens", "barrier": True,
         "bindings": [binding("Input", 0, tokens), binding("Parameter", 0, size(constant=28)), x],
         "variants": [variant(1, "One", most=1),
                      variant(0, "Tokens", tile=2, alternatives=[
                          {"kernel": 4, "features": "avx512vl", "favoredBy": "GenuineIntel"}])]},
        {"name": "kv", "symbol": "Tokens", "bindings": [x] + places + [state], "barrier": True,
         "variants": [variant(2, "Tokens")]},
        {"name": "head", "symbol": "Rows", "barrier": True, "variants": [variant(3, "Rows", count=7)],
         "bindings": [binding("Input", 3, row)] + places + [state, binding("Output", 0, size(perRow=28))]}]
    program = {
        "target": "cpu", "processor": "generic", "features": [], "architecture": "x86_64",
        "code": segment(12288, 128),
        "kernels": [{"name": n, "entry": 16 * i}
                    for i, n in enumerate(("embed", "embed.one", "keep", "head", "embed.wide"))],
        "entries": [{"name": "forward", "arena": size(constant=64, perToken=64), "steps": steps,
                     "inputs": [{"kind": "Tokens", "size": tokens}, {"kind": "Positions", "size": tokens},
                                {"kind": "Sequences", "size": tokens}, {"kind": "Rows", "size": row}],
                     "outputs": [{"kind": "Logits", "size": size(perRow=28)}]}],
        "tunings": [{"kernel": 1, "tokens": 1, "threads": 2, "chosen": 1, "candidates": [
            {"settings": [{"name": "unroll", "value": v}], "nanoseconds": 900 - v, "again": 910 - v}
            for v in (4, 8)]}]}
    return {
        "producer": "make_corpus.py", "family": "additive", "vocabulary": 7, "context": 32, "weightCount": 7,
        "weights": segment(4096, 28),
        "parameters": [{"name": "embedding", "shape": [7, 1], "storage": dense, "offset": 0, "bytes": 28}],
        "states": [{"name": "kv", "kind": "KvCache", "heads": 1, "headDim": 1, "storage": dense,
                    "size": size(perSlot=4), "runs": 1}],
        "programs": [program],
        "text": {"tokenizer": segment(8192, 13), "endIds": [6], "chatTemplate": "{{ messages }}"},
        "config": [{"key": "heads", "value": "1"}], "provenance": [{"key": "format", "value": "synthetic"}]}


def artifact_seeds():
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "small.json"
        source.write_text(json.dumps(small_model()))
        subprocess.run(["flatc", "--binary", "--no-warnings", "-o", folder, TREE / "runtime/artifact/artifact.fbs", source],
                       check=True)
        write("artifact_fuzz", "small.bin", source.with_suffix(".bin").read_bytes())
    for name in ("tiny-llama-q4", "tiny-llama-q8-v1"):
        data = (TREE / "tests/golden" / (name + ".weft")).read_bytes()
        offset, length = struct.unpack_from("<QQ", data, 16)
        write("artifact_fuzz", name + ".bin", data[offset:offset + length])


def tokenizer(model, **stages):
    parts = {"added_tokens": [{"id": 1, "content": "<s>", "normalized": False, "special": True}],
             "normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": None}
    return json.dumps({"version": "1.0"} | parts | stages | {"model": model}, ensure_ascii=False)


def ids(*tokens):
    return {token: i for i, token in enumerate(tokens)}


def tokenizer_seeds():
    """A tokenizer.json of each model, a zero byte, and a text."""
    template = {"type": "TemplateProcessing", "pair": [],
                "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}}
    marks = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
    llama = tokenizer(
        {"type": "BPE", "unk_token": "<unk>", "fuse_unk": True, "byte_fallback": True,
         "vocab": ids("<unk>", "<s>", "<0x41>", "<0x42>", "▁", "a", "b", "▁a", "ab", "▁ab"),
         "merges": ["a b", "▁ ab", "▁ a"]},
        normalizer={"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, marks]},
        post_processor=template,
        decoder={"type": "Sequence", "decoders": [
            {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"},
            {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]})
    words = r"'s|\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
    gpt = tokenizer(
        {"type": "BPE", "vocab": ids("h", "<s>", "e", "l", "o", "Ġ", "he", "ll", "hell", "hello", "Ġhello"),
         "merges": [["h", "e"], ["l", "l"], ["he", "ll"], ["hell", "o"], ["Ġ", "hello"]]},
        normalizer={"type": "NFC"},
        pre_tokenizer={"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": words}, "behavior": "Isolated", "invert": False},
            {"type": "ByteLevel", "add_prefix_space": False, "use_regex": False}]},
        post_processor={"type": "ByteLevel", "trim_offsets": True}, decoder={"type": "ByteLevel"})
    bert = tokenizer(
        {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
         "max_input_chars_per_word": 100, "vocab": ids("[UNK]", "<s>", "low", "##er", ",")},
        normalizer={"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                    "strip_accents": None, "lowercase": True},
        pre_tokenizer={"type": "BertPreTokenizer"}, decoder={"type": "WordPiece", "prefix": "##", "cleanup": True})
    unigram = tokenizer(
        {"type": "Unigram", "unk_id": 0,
         "vocab": [["<unk>", 0], ["<s>", 0], ["▁", -3], ["a", -2], ["b", -2.5], ["▁a", -1], ["ab", -1]]},
        normalizer={"type": "Precompiled",
                    "precompiled_charsmap": base64.b64encode(struct.pack("<I", 16) + bytes(16)).decode()},
        pre_tokenizer={"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        decoder={"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True})
    levels = tokenizer({"type": "WordLevel", "unk_token": "?", "vocab": ids("?", "<s>", "low")},
                       pre_tokenizer={"type": "Sequence", "pretokenizers": [
                           {"type": "Whitespace"}, {"type": "Digits", "individual_digits": True},
                           {"type": "Punctuation", "behavior": "Isolated"}]})
    for name, text, sample in (("llama", llama, "ab <s>aAb\n"), ("gpt", gpt, " hello hell's 1234"),
                               ("bert", bert, "Lower, lów"), ("unigram", unigram, "ab  ba"),
                               ("wordlevel", levels, "low 12!")):
        write("tokenizer_fuzz", name, text.encode() + b"\0" + sample.encode())
    write("pruning_fuzz", "gpt.json", gpt.encode())
    write("pruning_fuzz", "llama.json", llama.encode())
    write("pruning_fuzz", "report.json", json.dumps(
        {"format": "weft pruned vocabulary 1", "source_hash": "0123456789abcdef", "share": 0.5,
         "removed": [], "kept": [0, 1, 3], "tokenizer": levels}).encode())


gguf_seeds()
safetensors_seeds()
tokenizer_seeds()
vocabulary_seeds()
shaders_seed()
stored_completions_seeds()
artifact_seeds()
