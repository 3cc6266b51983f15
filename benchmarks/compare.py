#!/usr/bin/env python3
"""Runs Weft and other engines in turn on one GGUF file and prints ratios.

Machines are noisy, so only ratios of one run count: the engines take turns, round by round,
and what is printed is the median over rounds and the ratio of medians. A peer is any program
with the options and JSON output of llama.cpp's llama-bench: ik_llama.cpp has them too, and
node-llama-cpp.mjs gives them to the prebuilt llama.cpp of the npm package node-llama-cpp.

examples:
  benchmarks/compare.py model.gguf --peer llama=~/llama.cpp/build/bin/llama-bench
  benchmarks/compare.py model.gguf --peer 'llama.cpp=node benchmarks/node-llama-cpp.mjs'
  benchmarks/compare.py model.gguf --peer 'ik=~/ik_llama.cpp/build/bin/llama-bench -rtr 1'
"""

import argparse
import json
import os
import pathlib
import re
import shlex
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{shlex.join(command)} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def weft_bench(artifact, options, prompt, decode):
    return json.loads(run([options.weft, "bench", artifact, "--json", "-p", str(prompt), "-n",
                           str(decode), "-t", str(options.threads), "-r", "1"]))


def weft_rates(artifact, options):
    # Peers decode from an empty context; so does this.
    prompt = weft_bench(artifact, options, options.prompt, 0)
    decode = weft_bench(artifact, options, 0, options.decode)
    return {
        "prompt": prompt["prompt_tokens_per_second"]["median"],
        "decode": decode["decode_tokens_per_second"]["median"],
        "fraction": decode["bandwidth_fraction"],
    }


def peer_rates(command, options):
    output = run([*command, "-m", options.model, "-t", str(options.threads), "-p",
                  str(options.prompt), "-n", str(options.decode), "-r", "1", "-o", "json"])
    # Some builds print other lines before, after and inside the list.
    decoder = json.JSONDecoder()
    rows = [decoder.raw_decode(output[start.start():].lstrip(" [\n"))[0]
            for start in re.finditer(r"^\s*\[?\s*\{\s*\"", output, re.MULTILINE)]
    if not rows:
        sys.exit(f"{shlex.join(command)}: expected JSON, found:\n{output[-2000:]}")
    rates = {}
    for row in rows:
        rates["prompt" if row["n_prompt"] else "decode"] = row["avg_ts"]
    return rates


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a GGUF file")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--prompt", type=int, default=512, help="tokens (default 512)")
    parser.add_argument("--decode", type=int, default=32, help="tokens (default 32)")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--weftc", default=str(ROOT / "build/bin/weftc"))
    parser.add_argument("--weft", default=str(ROOT / "build/bin/weft"))
    options = parser.parse_args()

    peers = {}
    for peer in options.peer:
        name, _, command = peer.partition("=")
        words = shlex.split(command)
        peers[name] = [os.path.expanduser(words[0]), *words[1:]]

    with tempfile.TemporaryDirectory() as folder:
        artifact = os.path.join(folder, "model.weft")
        run([options.weftc, options.model, "-o", artifact])
        rounds = {name: [] for name in ("weft", *peers)}
        for _ in range(options.rounds):
            rounds["weft"].append(weft_rates(artifact, options))
            for name, command in peers.items():
                rounds[name].append(peer_rates(command, options))

    def median(name, what):
        return statistics.median(each[what] for each in rounds[name])

    print(f"{os.path.basename(options.model)}, {options.threads} threads, {options.rounds} rounds, "
          f"median tok/s (least-most)")
    for what, count in (("prompt", options.prompt), ("decode", options.decode)):
        for name in rounds:
            values = [each[what] for each in rounds[name]]
            ratio = f"   weft is {median('weft', what) / median(name, what):.2f} times" \
                if name != "weft" else ""
            print(f"  {what} {count:>4}  {name:<12} {statistics.median(values):9.2f} "
                  f"({min(values):.2f}-{max(values):.2f}){ratio}")
    print(f"  decode reads {100 * median('weft', 'fraction'):.0f}% of what the best read reaches "
          f"in turn with it")


if __name__ == "__main__":
    main()
