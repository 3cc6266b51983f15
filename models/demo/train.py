#!/usr/bin/python3
"""Train the demonstration model: a small Llama on public-domain English novels.

The script fetches the books (fetch-text.sh), cleans them, trains a byte-level
BPE tokenizer and a Llama-architecture model, and writes a checkpoint in
Hugging Face layout together with held-out text for perplexity tests.

A run that is not cut short by --minutes is reproducible: all randomness comes
from --seed and everything is computed on one thread.
"""
import argparse
import collections
import copy
import json
import math
import os
import re
import signal
import struct
import subprocess
import sys
import time
import zlib

import numpy as np
import torch
import torch.nn.functional as F

BOS, EOS = "<|begin_of_text|>", "<|end_of_text|>"

# --------------------------------------------------------------------------
# Text

AUSTEN = ["emma", "mansfieldpark", "northangerabbey", "persuasion",
          "prideprejudice", "sensesensibility"]  # the order in austen.rdb
HEADING = re.compile(
    r"^\s*(?:(?:CHAPTER|Chapter|ADVENTURE) +(?:[IVXLC]+|\d+)\b.*|[IVX]+\. (?:THE ADVENTURE|THE RIVER).*)$",
    re.MULTILINE)
TEST_CHAPTERS = {("prideprejudice", 10), ("sawyer", 10), ("alice", 10), ("dorian", 10)}
DEV_CHAPTERS = {("persuasion", 10), ("sawyer", 20), ("alice", 6)}


def read_austen(path):
    """The six novels in an R lazy-load database: per novel a length word and
    a zlib stream holding a serialized vector of lines."""
    data, pos, books = open(path, "rb").read(), 0, []
    while pos < len(data):
        stream = zlib.decompressobj()
        raw = stream.decompress(data[pos + 4:])
        pos = len(data) - len(stream.unused_data)
        at = raw.index(b"UTF-8") + 5
        kind, count = struct.unpack_from(">II", raw, at)
        assert kind & 255 == 16, "not a character vector"
        at, lines = at + 8, []
        for _ in range(count):
            _, size = struct.unpack_from(">Ii", raw, at)
            lines.append(raw[at + 8:at + 8 + max(size, 0)].decode())
            at += 8 + max(size, 0)
        books.append("\n".join(lines))
    return dict(zip(AUSTEN, books))


def clean(name, text):
    """One book as a list of chapters of plain paragraphs, with headings,
    prefaces and everything the distributors added removed."""
    text = text.replace("\r\n", "\n").replace("\ufeff", "")
    text = re.split(r"\n\s*(?:End of (?:the |The )?Project Gutenberg|THE END|FINIS|Finis|CONCLUSION\n)", text)[0]
    if name == "northangerabbey":
        text = text.split("A NOTE ON THE TEXT")[0]
    if name == "alice":      # `...' quotes speech there
        text = re.sub(r"(?<=[,.!?;:\-)\w])'(?=[\s,.;:!?)]|$)(?<!s')", '"', text.replace("`", '"'))
        text = re.sub(r"[*][*\s]+[*]", "", text)
    if name == "willows":
        text = re.sub(r"(?<![\w])'(?=\w)|(?<=[,.!?;:\-])'(?!\w)", '"', text)
    chapters = []
    for body in HEADING.split(text)[1:]:
        paragraphs = []
        for block in re.split(r"\n\s*\n", body):
            lines = [line.strip() for line in block.strip("\n").split("\n")]
            verse = len(lines) > 1 and max(map(len, lines)) < 52
            block = re.sub(r"[ \t]+", " ", ("\n" if verse else " ").join(lines)).strip()
            block = re.sub(r"_([^_]+)_", r"\1", block).replace("_", "")
            block = re.sub(r"\[Illustration[^]]*\]|\[\d+\]", "", block)
            if re.search(r'[a-z]|^"', block) and (len(block) > 60 or block[-1] in ".,!?;:\"')-"):
                paragraphs.append(block)
        if sum(map(len, paragraphs)) > 500:
            chapters.append("\n\n".join(paragraphs))
    return chapters


def load_books(raw):
    """Training, development and test chapters."""
    books = read_austen(os.path.join(raw, "austen.rdb"))
    for name in ("sherlock", "sawyer", "dorian", "alice", "hound", "willows"):
        books[name] = open(os.path.join(raw, name + ".txt"), encoding="utf-8").read()
    train, dev, test = [], [], []
    for name, text in books.items():
        chapters = clean(name, text)
        print(f"{name:18} {len(chapters):3} chapters {sum(map(len, chapters)):8} characters")
        for number, chapter in enumerate(chapters, 1):
            key = (name, number)
            (test if key in TEST_CHAPTERS else dev if key in DEV_CHAPTERS else train).append(chapter)
    return train, dev, test


# --------------------------------------------------------------------------
# Tokenizer

SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"
         r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
# The same in the syntax of Python's re, which has no \p classes.
SPLIT_RE = re.compile(SPLIT.replace(r"[^\r\n\p{L}\p{N}]", r"(?:[^\r\n\w]|_)")
                      .replace(r"[^\s\p{L}\p{N}]", r"(?:[^\s\w]|_)")
                      .replace(r"\p{L}", r"[^\W\d_]").replace(r"\p{N}", r"\d"))


def byte_characters():
    """The printable character that stands for each byte in tokenizer.json."""
    keep = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {b: chr(b) for b in keep}
    table.update({b: chr(256 + i) for i, b in enumerate(b for b in range(256) if b not in table)})
    return table


class Tokenizer:
    """Byte-level BPE. Ids: bytes, then merges in rank order, then specials."""

    def __init__(self, merges):
        chars = byte_characters()
        self.bytes = sorted(chars, key=lambda b: ord(chars[b]))  # vocabulary order
        self.byte_id = {b: i for i, b in enumerate(self.bytes)}
        self.merges = merges
        self.rank = {pair: i for i, pair in enumerate(merges)}
        self.pieces = [bytes([b]) for b in self.bytes]
        for a, b in merges:
            self.pieces.append(self.pieces[a] + self.pieces[b])
        self.bos, self.eos = len(self.pieces), len(self.pieces) + 1
        self.size, self.cache = len(self.pieces) + 2, {}

    @staticmethod
    def train(text, size):
        """Merge the most frequent pair until the vocabulary has `size` entries."""
        start = Tokenizer([])
        counts = collections.Counter(SPLIT_RE.findall(text))
        words = [[start.byte_id[b] for b in word.encode()] for word in counts]
        freqs = list(counts.values())
        pairs, where = collections.Counter(), collections.defaultdict(set)
        for i, word in enumerate(words):
            for pair in zip(word, word[1:]):
                pairs[pair] += freqs[i]
                where[pair].add(i)
        merges = []
        while len(merges) + 258 < size:
            best = max(pairs, key=lambda p: (pairs[p], -p[0], -p[1]))
            new = 256 + len(merges)
            merges.append(best)
            for i in where.pop(best):
                old, word, at = words[i], [], 0
                while at < len(old):
                    match = tuple(old[at:at + 2]) == best
                    word.append(new if match else old[at])
                    at += 2 if match else 1
                for pair in zip(old, old[1:]):
                    pairs[pair] -= freqs[i]
                for pair in zip(word, word[1:]):
                    pairs[pair] += freqs[i]
                    where[pair].add(i)
                words[i] = word
            pairs.pop(best, None)
        return Tokenizer(merges)

    def encode(self, text):
        ids = []
        for word in SPLIT_RE.findall(text):
            if word not in self.cache:
                part = [self.byte_id[b] for b in word.encode()]
                while len(part) > 1:
                    rank, at = min((self.rank.get(pair, 1 << 30), i)
                                   for i, pair in enumerate(zip(part, part[1:])))
                    if rank == 1 << 30:
                        break
                    part[at:at + 2] = [256 + rank]
                self.cache[word] = part
            ids += self.cache[word]
        return ids

    def decode(self, ids):
        return b"".join(self.pieces[i] for i in ids if i < self.bos).decode(errors="replace")

    def save(self, folder):
        chars = byte_characters()
        show = ["".join(chars[b] for b in piece) for piece in self.pieces]
        special = [{"id": i, "content": t, "single_word": False, "lstrip": False, "rstrip": False,
                    "normalized": False, "special": True} for i, t in ((self.bos, BOS), (self.eos, EOS))]
        level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
        one = {"SpecialToken": {"id": BOS, "type_id": 0}}
        write_json(folder, "tokenizer.json", {
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": special,
            "normalizer": None,
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": SPLIT}, "behavior": "Isolated", "invert": False}, level]},
            "post_processor": {
                "type": "TemplateProcessing", "single": [one, {"Sequence": {"id": "A", "type_id": 0}}],
                "pair": [one, {"Sequence": {"id": "A", "type_id": 0}},
                         {"SpecialToken": {"id": BOS, "type_id": 1}}, {"Sequence": {"id": "B", "type_id": 1}}],
                "special_tokens": {BOS: {"id": BOS, "ids": [self.bos], "tokens": [BOS]}}},
            "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                      "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
                      "vocab": {t: i for i, t in enumerate(show)},
                      "merges": [f"{show[a]} {show[b]}" for a, b in self.merges]}})
        write_json(folder, "tokenizer_config.json", {
            "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": BOS, "eos_token": EOS,
            "clean_up_tokenization_spaces": False, "model_max_length": CONTEXT,
            "model_input_names": ["input_ids", "attention_mask"],
            "added_tokens_decoder": {str(t["id"]): {k: v for k, v in t.items() if k != "id"} for t in special}})


# --------------------------------------------------------------------------
# Model

CONTEXT, HEAD_DIM, ROPE_THETA, NORM_EPS = 512, 32, 10000.0, 1e-5


class Norm(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(size))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + NORM_EPS) * self.weight


class Attention(torch.nn.Module):
    def __init__(self, hidden, heads, kv_heads):
        super().__init__()
        linear = lambda n, m: torch.nn.Linear(n, m, bias=False)
        self.q_proj, self.o_proj = linear(hidden, heads * HEAD_DIM), linear(heads * HEAD_DIM, hidden)
        self.k_proj, self.v_proj = linear(hidden, kv_heads * HEAD_DIM), linear(hidden, kv_heads * HEAD_DIM)
        self.heads, self.kv_heads = heads, kv_heads

    def forward(self, x, cos, sin, mask):
        b, t, _ = x.shape
        q = rotate(self.q_proj(x).view(b, t, self.heads, HEAD_DIM), cos, sin)
        k = rotate(self.k_proj(x).view(b, t, self.kv_heads, HEAD_DIM), cos, sin)
        v = self.v_proj(x).view(b, t, self.kv_heads, HEAD_DIM)
        group = self.heads // self.kv_heads   # query head h reads kv head h // group
        q = q.transpose(1, 2).reshape(b * self.kv_heads, group * t, HEAD_DIM) * HEAD_DIM ** -0.5
        k = k.permute(0, 2, 3, 1).reshape(b * self.kv_heads, HEAD_DIM, t)
        v = v.transpose(1, 2).reshape(b * self.kv_heads, t, HEAD_DIM)
        scores = (torch.bmm(q, k).float().view(-1, group, t, t) + mask).softmax(-1)
        y = torch.bmm(scores.view(-1, group * t, t), v)
        return self.o_proj(y.view(b, self.heads, t, HEAD_DIM).transpose(1, 2).reshape(b, t, -1))


def rotate(x, cos, sin):
    """RoPE with the two halves of a head as the pairs (Hugging Face's order)."""
    a, b = x.chunk(2, dim=-1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)


class Mlp(torch.nn.Module):
    def __init__(self, hidden, inner):
        super().__init__()
        self.gate_proj = torch.nn.Linear(hidden, inner, bias=False)
        self.up_proj = torch.nn.Linear(hidden, inner, bias=False)
        self.down_proj = torch.nn.Linear(inner, hidden, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(torch.nn.Module):
    def __init__(self, c):
        super().__init__()
        self.input_layernorm = Norm(c.hidden)
        self.self_attn = Attention(c.hidden, c.heads, c.kv_heads)
        self.post_attention_layernorm = Norm(c.hidden)
        self.mlp = Mlp(c.hidden, c.inner)
        self.dropout = c.dropout

    def forward(self, x, cos, sin, mask):
        drop = lambda y: F.dropout(y, self.dropout, self.training)
        x = x + drop(self.self_attn(self.input_layernorm(x), cos, sin, mask))
        return x + drop(self.mlp(self.post_attention_layernorm(x)))


class Llama(torch.nn.Module):
    """Attribute names are those of the checkpoint's tensors."""

    def __init__(self, c, vocab):
        super().__init__()
        self.embed_tokens = torch.nn.Embedding(vocab, c.hidden)
        self.layers = torch.nn.ModuleList(Layer(c) for _ in range(c.layers))
        self.norm = Norm(c.hidden)
        self.dropout = c.dropout
        angle = torch.arange(CONTEXT)[:, None] * ROPE_THETA ** (-torch.arange(0, HEAD_DIM, 2) / HEAD_DIM)
        self.cos, self.sin = angle.cos()[:, None], angle.sin()[:, None]
        self.mask = torch.full((CONTEXT, CONTEXT), float("-inf")).triu(1)
        for name, p in self.named_parameters():
            if p.dim() == 2:
                deep = name.endswith(("o_proj.weight", "down_proj.weight"))
                torch.nn.init.normal_(p, std=0.02 if "embed" in name else
                                      p.shape[1] ** -0.5 * ((2 * c.layers) ** -0.5 if deep else 1))

    def forward(self, ids):
        t = ids.shape[1]
        x = F.dropout(self.embed_tokens(ids), self.dropout, self.training)
        for layer in self.layers:
            x = layer(x, self.cos[:t], self.sin[:t], self.mask[:t, :t])
        return F.linear(self.norm(x), self.embed_tokens.weight)


@torch.no_grad()
def evaluate(model, ids, bos):
    """Mean loss over a token stream, cut into windows of CONTEXT - 1 tokens,
    each preceded by the begin token; every token of the stream is predicted."""
    model.eval()
    total = 0.0
    for at in range(0, len(ids), CONTEXT - 1):
        window = torch.tensor([bos] + ids[at:at + CONTEXT - 1])
        total += F.cross_entropy(model(window[None, :-1])[0], window[1:], reduction="sum").item()
    model.train()
    return total / len(ids)


@torch.no_grad()
def generate(model, tokenizer, prompt, count, temperature, seed=0):
    model.eval()
    rng = torch.Generator().manual_seed(seed)
    ids = [tokenizer.bos] + tokenizer.encode(prompt)
    while len(ids) < min(count, CONTEXT):
        logits = model(torch.tensor([ids]))[0, -1]
        if temperature == 0:
            ids.append(int(logits.argmax()))
        else:
            ids.append(int(torch.multinomial((logits / temperature).softmax(-1), 1, generator=rng)))
        if ids[-1] == tokenizer.eos:
            break
    model.train()
    return tokenizer.decode(ids)


# --------------------------------------------------------------------------
# Checkpoint

def write_file(folder, name, data):
    path = os.path.join(folder, name)
    with open(path + ".tmp", "wb") as f:
        f.write(data)
    os.replace(path + ".tmp", path)


def write_json(folder, name, value):
    write_file(folder, name, (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode())


def save_checkpoint(folder, model, tokenizer, c, figures):
    header, chunks, at = {}, [], 0
    for name, p in model.named_parameters():
        data = p.detach().bfloat16().view(torch.int16).numpy().astype("<i2").tobytes()
        header["model." + name] = {"dtype": "BF16", "shape": list(p.shape), "data_offsets": [at, at + len(data)]}
        chunks.append(data)
        at += len(data)
    text = json.dumps({"__metadata__": {"format": "pt"}, **header}, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    write_file(folder, "model.safetensors", struct.pack("<Q", len(text)) + text + b"".join(chunks))
    write_json(folder, "config.json", {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "torch_dtype": "bfloat16",
        "vocab_size": tokenizer.size, "hidden_size": c.hidden, "intermediate_size": c.inner,
        "num_hidden_layers": c.layers, "num_attention_heads": c.heads, "num_key_value_heads": c.kv_heads,
        "head_dim": HEAD_DIM, "max_position_embeddings": CONTEXT, "rope_theta": ROPE_THETA,
        "rope_scaling": None, "rms_norm_eps": NORM_EPS, "hidden_act": "silu", "tie_word_embeddings": True,
        "attention_bias": False, "mlp_bias": False, "attention_dropout": 0.0, "initializer_range": 0.02,
        "bos_token_id": tokenizer.bos, "eos_token_id": tokenizer.eos, "use_cache": True})
    write_json(folder, "eval.json", figures)
    tokenizer.save(folder)


@torch.no_grad()
def load_weights(folder, model):
    """Start from the weights of a checkpoint that save_checkpoint wrote."""
    with open(os.path.join(folder, "model.safetensors"), "rb") as f:
        header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        data = f.read()
    for name, p in model.named_parameters():
        entry = header["model." + name]
        assert entry["shape"] == list(p.shape), f"{name}: {entry['shape']} in {folder}"
        begin, end = entry["data_offsets"]
        bits = np.frombuffer(data[begin:end], "<i2").copy()
        p.copy_(torch.from_numpy(bits).view(torch.bfloat16).view(p.shape))


def rounded(model):
    """A copy of the model with its weights rounded to BF16, as they are stored."""
    model = copy.deepcopy(model)
    for p in model.parameters():
        p.data = p.data.bfloat16().float()
    return model


# --------------------------------------------------------------------------
# Training

class Muon:
    """Momentum whose step is made orthogonal by a Newton-Schulz iteration: for
    matrices between hidden layers it needs far fewer steps than AdamW, which
    the embedding and the norms use."""

    def __init__(self, params, lr, decay, momentum=0.95):
        self.params, self.lr, self.decay, self.momentum = params, lr, decay, momentum
        self.velocity = [torch.zeros_like(p) for p in params]

    @torch.no_grad()
    def step(self, factor):
        lr = self.lr * factor
        for p, v in zip(self.params, self.velocity):
            v.lerp_(p.grad, 1 - self.momentum)
            x = p.grad.lerp(v, self.momentum).bfloat16()
            tall = x.shape[0] > x.shape[1]
            x = x.T if tall else x
            x = x / (x.norm() + 1e-7)
            for _ in range(5):
                a = x @ x.T
                x = 3.4445 * x + (-4.775 * a + 2.0315 * (a @ a)) @ x
            x = x.T if tall else x
            p.mul_(1 - lr * self.decay)
            p.add_(x.float(), alpha=-lr * max(1, p.shape[0] / p.shape[1]) ** 0.5)


def batches(stream, starts, bos, size, length, rng):
    """Random windows: the begin token, then text from the start of a sentence
    or paragraph at or before a uniformly drawn position."""
    while True:
        at = starts[np.searchsorted(starts, rng.integers(0, len(stream) - length, size), side="right") - 1]
        ids = np.stack([np.concatenate(([bos], stream[i:i + length])) for i in at])
        yield torch.from_numpy(ids[:, :-1].copy()), torch.from_numpy(ids[:, 1:].copy())


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--work", required=True, help="folder for the downloaded books")
    ap.add_argument("--out", required=True, help="folder for the checkpoint")
    ap.add_argument("--init", metavar="FOLDER", help="continue from the weights of this checkpoint")
    ap.add_argument("--steps", type=int, default=6000, help="optimizer steps (%(default)s)")
    ap.add_argument("--minutes", type=float, default=float("inf"),
                    help="end the schedule after this time, even if --steps are not done")
    ap.add_argument("--batch-tokens", type=int, default=2048, help="tokens per step (%(default)s)")
    ap.add_argument("--lr", type=float, default=3e-3, help="peak learning rate of AdamW (%(default)s)")
    ap.add_argument("--muon-lr", type=float, default=0.02, help="peak learning rate of Muon (%(default)s)")
    ap.add_argument("--warmup", type=int, default=100, help="steps of linear warmup (%(default)s)")
    ap.add_argument("--decay", type=float, default=0.1, help="weight decay (%(default)s)")
    ap.add_argument("--dropout", type=float, default=0.0)
    ap.add_argument("--vocab", type=int, default=2048)
    ap.add_argument("--hidden", type=int, default=256)
    ap.add_argument("--inner", type=int, default=512)
    ap.add_argument("--layers", type=int, default=5)
    ap.add_argument("--heads", type=int, default=8)
    ap.add_argument("--kv-heads", type=int, default=4)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--save-every", type=float, default=5, help="minutes between checkpoints (%(default)s)")
    c = ap.parse_args()

    tuning = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_MMAP_MAX_": "0",
              "MALLOC_TRIM_THRESHOLD_": str(1 << 34), "MALLOC_TOP_PAD_": str(1 << 26)}
    if any(os.environ.get(k) != v for k, v in tuning.items()):
        # Keep freed memory in the process: the page faults cost half the speed.
        os.environ.update(tuning)
        os.execv(sys.executable, [sys.executable, *sys.argv])

    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    torch.set_num_threads(1)
    torch.manual_seed(c.seed)
    rng = np.random.default_rng(c.seed)

    raw = os.path.join(c.work, "raw")
    if not os.path.exists(os.path.join(raw, "alice.txt")):
        subprocess.run([os.path.join(here, "fetch-text.sh"), c.work], check=True)
    train, dev, test = load_books(raw)
    tokenizer = Tokenizer.train("\n".join(train), c.vocab)
    os.makedirs(c.out, exist_ok=True)
    write_file(c.out, "eval.txt", ("\n\n".join(test) + "\n").encode())

    stream = []
    for chapter in train:
        stream += [tokenizer.bos] + tokenizer.encode(chapter) + [tokenizer.eos]
    dev = tokenizer.encode("\n\n".join(dev))
    test_text = "\n\n".join(test) + "\n"
    test = tokenizer.encode(test_text)
    stream = np.array(stream)
    ends = np.array([i for i, p in enumerate(tokenizer.pieces) if re.search(rb"[.!?]\"?\n*$", p)] + [tokenizer.bos])
    starts = np.concatenate(([1], 1 + np.flatnonzero(np.isin(stream[:-1], ends))))
    print(f"{sum(map(len, train))} training characters, {len(stream)} tokens; "
          f"held out: {len(dev)} development and {len(test)} test tokens")

    model = Llama(c, tokenizer.size)
    if c.init:
        load_weights(c.init, model)
    print(f"{sum(p.numel() for p in model.parameters())} parameters")
    inner = [p for p in model.layers.parameters() if p.dim() == 2]
    outer = [p for p in model.parameters() if not any(p is q for q in inner)]
    muon = Muon(inner, c.muon_lr, c.decay / 10)
    adamw = torch.optim.AdamW([{"params": [p for p in outer if p.dim() == 2], "weight_decay": c.decay},
                               {"params": [p for p in outer if p.dim() == 1], "weight_decay": 0.0}],
                              betas=(0.9, 0.98), eps=1e-9)
    feed = batches(stream, starts, tokenizer.bos, c.batch_tokens // CONTEXT, CONTEXT, rng)

    began = saved = logged = time.time()
    best, recent = float("inf"), []

    def checkpoint(step):
        nonlocal best
        exact = rounded(model)
        loss = evaluate(exact, dev, tokenizer.bos)
        print(f"step {step} minute {(time.time() - began) / 60:.1f} train {np.mean(recent[-300:]):.4f} "
              f"development {loss:.4f}", flush=True)
        if loss < best:
            best = loss
            held = evaluate(exact, test, tokenizer.bos)
            figures = {"file": "eval.txt", "tokens": len(test), "bytes": len(test_text.encode()),
                       "window": CONTEXT, "loss": round(held, 5), "perplexity": round(math.exp(held), 4),
                       "bits_per_byte": round(held * len(test) / len(test_text.encode()) / math.log(2), 4),
                       "train_loss": round(float(np.mean(recent[-300:])), 4), "development_loss": round(loss, 5),
                       "steps": step, "tokens_seen": step * c.batch_tokens}
            save_checkpoint(c.out, model, tokenizer, c, figures)
            print(json.dumps(figures), flush=True)

    step = 0
    while not stopped:
        progress = max(step / c.steps, (time.time() - began) / 60 / c.minutes)
        if progress >= 1:
            break
        factor = min(1, (step + 1) / c.warmup) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))
        for group in adamw.param_groups:
            group["lr"] = c.lr * factor
        x, y = next(feed)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(x)
        loss = F.cross_entropy(logits.float().view(-1, tokenizer.size), y.view(-1))
        model.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adamw.step()
        muon.step(factor)
        recent.append(loss.item())
        step += 1
        if time.time() - logged > 20:
            logged = time.time()
            print(f"step {step} minute {(logged - began) / 60:.1f} rate {factor:.3f} "
                  f"train {np.mean(recent[-50:]):.4f}", flush=True)
        if time.time() - saved > 60 * c.save_every:
            checkpoint(step)
            saved = time.time()
    checkpoint(step)

    for temperature in (0, 0.8):
        for prompt in ("", "Alice ", "\"My dear Holmes,\" said "):
            print(f"--- temperature {temperature}\n{generate(model, tokenizer, prompt, 160, temperature)}\n")


if __name__ == "__main__":
    main()
